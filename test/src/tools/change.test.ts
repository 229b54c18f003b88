import { afterEach, beforeEach, describe, expect, test } from "vitest"
import type { JobAnswer } from "../../../src/operations/job-answer.ts"
import { agentIn, daily, idOf, makeDesk, type Desk } from "../operations/desk.ts"

let desk: Desk

beforeEach(() => {
  desk = makeDesk()
})

afterEach(() => desk.dispose())

const hour = 3_600_000
const added = async (args: object = daily) => idOf(await desk.tool("cron_add", args))

describe("cron_remove, cron_enable, cron_disable (behaviour 85)", () => {
  test("say in one sentence what became of the job", async () => {
    const jobId = await added()
    const disabled = await desk.tool("cron_disable", { job_id: jobId })
    expect(disabled).toMatchObject({ success: true, output: `Job ${jobId} disabled.`, error: null })
    const enabled = await desk.tool("cron_enable", { jobId })
    expect(enabled.output).toContain(`Job ${jobId} enabled.`)
    expect(enabled.output).toContain("- 2026-11-24T08:00:00Z = ")
    const removed = await desk.tool("cron_remove", { id: jobId })
    expect(removed).toMatchObject({ success: true, output: `Job ${jobId} deleted.` })
    expect(await desk.jobs()).toEqual([])
  })

  test("an unknown id gets near matches, and is no silent success (pitfall 12)", async () => {
    const jobId = await added({ ...daily, name: "morning digest" })
    const typo = `${jobId.slice(0, -1)}f`
    const result = await desk.tool("cron_remove", { job_id: typo })
    expect(result.success).toBe(false)
    expect(result.error).toContain(`Job ${typo} not found.`)
    expect(result.error).toContain(`${jobId} (morning digest)`)
    const named = await desk.tool("cron_disable", { job_id: "morning digst" })
    expect(named.error).toContain(`${jobId} (morning digest)`)
  })

  test("a unique name will do; one that two jobs have is refused with both", async () => {
    const one = await added({ ...daily, name: "digest" })
    expect((await desk.tool("cron_disable", { name: "digest" })).success).toBe(true)
    const two = await added({ ...daily, name: "digest" })
    const result = await desk.tool("cron_remove", { job_id: "digest" })
    expect(result).toMatchObject({ success: false, structured: { code: "ambiguous" } })
    expect(result.output).toContain(one)
    expect(result.output).toContain(two)
  })

  test("a job of another chat is not touched", async () => {
    const jobId = await added()
    for (const name of ["cron_remove", "cron_enable", "cron_disable", "cron_run"]) {
      const result = await desk.tool(name, { job_id: jobId }, { by: agentIn("42") })
      expect(result).toMatchObject({ success: false, structured: { code: "forbidden" } })
    }
    expect(await desk.jobs()).toHaveLength(1)
  })

  test("enabling a one-shot whose time has passed is refused (behaviour 42)", async () => {
    const jobId = await added({ prompt: "x", in: "20m" })
    await desk.tool("cron_disable", { job_id: jobId })
    await desk.clock.advance(hour)
    const result = await desk.tool("cron_enable", { job_id: jobId })
    expect(result).toMatchObject({ success: false, structured: { code: "in-past" } })
  })
})

describe("cron_update (behaviour 86)", () => {
  const full = {
    ...daily,
    name: "digest",
    model: "big",
    delete_after_run: true,
    policy: { timeout_ms: 60_000, on_interrupt: "skip" },
  }

  test("changes what is given and nothing else", async () => {
    const jobId = await added(full)
    const [before] = await desk.jobs()
    const result = await desk.tool("cron_update", { job_id: jobId, prompt: "Another" })
    expect(result).toMatchObject({ success: true, structured: { job_id: jobId } })
    expect(result.output).toContain(`Job ${jobId} updated.`)
    expect(result.output).toContain("- 2026-11-24T08:00:00Z = ")
    const [after] = await desk.jobs()
    expect({ ...after, version: 0 }).toEqual({ ...before, prompt: "Another", version: 0 })
  })

  test("fillers change nothing, and alone they are refused as nothing", async () => {
    const jobId = await added(full)
    const before = await desk.jobs()
    const fillers = { prompt: "", name: " ", model: "", channel: "", chat_id: "", every: "", at: 0 }
    const result = await desk.tool("cron_update", { job_id: jobId, ...fillers, policy: {} })
    expect(result).toMatchObject({ success: false, error: "Nothing to change was given." })
    expect(result.output).toContain("null clears")
    expect(await desk.jobs()).toEqual(before)
  })

  test("null clears: name, model, flag and policy go back to their defaults", async () => {
    const jobId = await added(full)
    const cleared = {
      name: null,
      model: null,
      delete_after_run: null,
      policy: { timeout_ms: null },
    }
    expect((await desk.tool("cron_update", { job_id: jobId, ...cleared })).success).toBe(true)
    const [row] = await desk.jobs()
    expect(row).toMatchObject({ name: daily.prompt, model: null, delete_after_run: 0 })
    expect(JSON.parse(row?.policy ?? "")).toMatchObject({ timeoutMs: 600_000, onInterrupt: "skip" })
  })

  test("policies come as models write them", async () => {
    const jobId = await added({
      ...daily,
      policy: {
        catchUp: "all",
        overlap: "queue-one",
        runsMax: "5",
        jitter_ms: "60000",
        end_at: "2027-01-01T00:00Z",
        alert: "off",
      },
    })
    const [row] = await desk.jobs()
    expect(row?.id).toBe(jobId)
    expect(JSON.parse(row?.policy ?? "")).toMatchObject({
      catchUp: { mode: "all", countMax: 100 },
      overlap: "queue-one",
      runsMax: 5,
      jitterMs: 60_000,
      endAt: Date.UTC(2027, 0, 1),
      alert: { after: 0 },
    })
  })

  test("a prompt cannot be cleared", async () => {
    const jobId = await added(full)
    const result = await desk.tool("cron_update", { job_id: jobId, prompt: null })
    expect(result).toMatchObject({ success: false, error: "prompt is required" })
  })

  test("a new schedule plans anew, in the job's own zone", async () => {
    const jobId = await added()
    const result = await desk.tool("cron_update", { job_id: jobId, cron_expr: "30 10 * * *" })
    expect(result.structured).toMatchObject({
      schedule: "every day at 10:30 Europe/Vienna",
      zone_from: "job",
      next: [{ at: Date.UTC(2026, 10, 23, 9, 30) }, {}, {}],
    })
    expect(await desk.jobs()).toMatchObject([{ revision: 2 }])
  })

  test("a zone alone moves a calendar job; null goes back to the default zone", async () => {
    const jobId = await added()
    const moved = await desk.tool("cron_update", { job_id: jobId, tz: "Asia/Tokyo" })
    expect(moved.structured).toMatchObject({ schedule: "every day at 09:00 Asia/Tokyo" })
    const back = await desk.tool("cron_update", { job_id: jobId, tz: null })
    expect(back.structured).toMatchObject({ zone: "UTC", zone_from: "host" })
    const interval = await added({ prompt: "x", every: "1h" })
    expect(await desk.tool("cron_update", { job_id: interval, tz: "Asia/Tokyo" })).toMatchObject({
      success: false,
      structured: { code: "invalid-schedule" },
    })
  })

  test("two schedules at once change nothing", async () => {
    const jobId = await added()
    const before = await desk.jobs()
    const result = await desk.tool("cron_update", { job_id: jobId, in: "1h", every: "1h" })
    expect(result.error).toContain("Two schedules at once")
    expect(await desk.jobs()).toEqual(before)
  })

  test("the chat alone moves within the channel; null is the calling chat", async () => {
    const jobId = await added()
    await desk.tool("cron_update", { job_id: jobId, chat_id: 42 })
    expect(await desk.jobs()).toMatchObject([{ channel: "cli_chat", chat_id: "42" }])
    const unmoved = await desk.tool("cron_update", { job_id: jobId, channel: "cli_chat" })
    expect((unmoved.structured as JobAnswer).warnings).toEqual([
      "Nothing changed: the job was like that already.",
    ])
    await desk.tool("cron_update", { job_id: jobId, channel: null, chat_id: null })
    expect(await desk.jobs()).toMatchObject([{ channel: "cli_chat", chat_id: "default" }])
  })
})
