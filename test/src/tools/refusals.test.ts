import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { daily, idOf, makeDesk, type Desk } from "../operations/desk.ts"

let desk: Desk

beforeEach(() => {
  desk = makeDesk()
})

afterEach(() => desk.dispose())

const added = async (args: object = daily) => idOf(await desk.tool("cron_add", args))

describe("what is refused stores nothing", () => {
  test.each([
    ["cron_add", { every: "1h" }, "prompt is required"],
    ["cron_add", { prompt: "  ", every: "1h" }, "prompt is required"],
    ["cron_add", { prompt: "x", every: "1h", channel: "cli_chat" }, "chat_id is required"],
    [
      "cron_add",
      { prompt: "x", every: "1h", channel: "cli_chat", chat_id: " " },
      "chat_id is required",
    ],
    ["cron_remove", {}, "job_id is required"],
    ["cron_enable", { job_id: "" }, "job_id is required"],
    ["cron_disable", { job_id: 0 }, "job_id is required"],
    ["cron_update", { prompt: "x" }, "job_id is required"],
    ["cron_run", null, "job_id is required"],
  ])("%s %j: %s (behaviour 83)", async (name, args, error) => {
    const result = await desk.tool(name, args)
    expect(result).toMatchObject({ success: false, error })
    expect(await desk.jobs()).toEqual([])
    expect(await desk.facts()).toEqual([])
  })

  test("an unknown channel, on add and on update, with those there are (behaviour 82)", async () => {
    const onAdd = await desk.tool("cron_add", { ...daily, channel: "slak", chat_id: "c" })
    expect(onAdd).toMatchObject({ success: false, structured: { code: "unknown-channel" } })
    expect(onAdd.error).toContain("Unknown channel")
    expect(onAdd.output).toContain("Channels: cli_chat.")
    expect(await desk.jobs()).toEqual([])

    const withoutChat = await desk.tool("cron_add", { ...daily, channel: "slak" })
    expect(withoutChat.error).toContain("Unknown channel")
    expect(withoutChat.output).toContain("Channels: cli_chat.")

    const jobId = await added()
    const before = await desk.jobs()
    const onUpdate = await desk.tool("cron_update", {
      job_id: jobId,
      channel: "slak",
      chat_id: "c",
    })
    expect(onUpdate.error).toContain("Unknown channel")
    expect(await desk.jobs()).toEqual(before)
  })

  test.each([
    [{ cron: "60 * * * *" }, "invalid-schedule"],
    [{ cron: "0 0 30 2 *" }, "never-fires"],
    [{ cron: "@every 5m" }, "invalid-schedule"],
    [{ cron: "0 9 * * *", tz: "Mars/Phobos" }, "unknown-zone"],
    [{ cron: "0 9 * * *", tz: "CST" }, "unknown-zone"],
    [{ every: "30" }, "invalid-schedule"],
    [{ every: 30 }, "invalid-schedule"],
    [{ every: "-5m" }, "invalid-schedule"],
    [{ every: 0 }, "invalid-schedule"],
    [{ every: -5 }, "invalid-schedule"],
    [{ schedule: { type: "every", every_ms: -5 } }, "invalid-input"],
    [{ at: "2026-11-23T08:00Z" }, "in-past"],
    [{ at: "20m" }, "invalid-schedule"],
    [{ schedule: "30m" }, "invalid-schedule"],
    [{}, "invalid-schedule"],
  ])("the schedule %j is refused: %s (behaviour 17)", async (when, code) => {
    const result = await desk.tool("cron_add", { prompt: "x", ...when })
    expect(result).toMatchObject({ success: false, structured: { code } })
    expect(result.output).not.toBe("")
    expect(await desk.jobs()).toEqual([])
  })

  test("a time in the past comes back with the time it is now (behaviour 14)", async () => {
    const { error } = await desk.tool("cron_add", { prompt: "x", at: "2026-11-23T08:55:00Z" })
    expect(error).toContain("5m ago")
    expect(error).toContain("2026-11-23T09:00:00")
  })

  test("a tool that is none", async () => {
    expect(await desk.tool("cron_ad", {})).toMatchObject({
      success: false,
      error: 'There is no tool "cron_ad". Did you mean cron_add?',
    })
  })

  test("a policy that this release does not carry out is refused by name", async () => {
    const result = await desk.tool("cron_add", { ...daily, policy: { session: "isolated" } })
    expect(result.error).toContain("policy.session")
    expect(await desk.jobs()).toEqual([])
  })
})
