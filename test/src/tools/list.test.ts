import { afterEach, beforeEach, describe, expect, test } from "vitest"
import type { ListAnswer } from "../../../src/operations/list.ts"
import { agentIn, daily, idOf, makeDesk, type Desk } from "../operations/desk.ts"

let desk: Desk

beforeEach(() => {
  desk = makeDesk()
})

afterEach(() => desk.dispose())

const added = async (args: object = daily) => idOf(await desk.tool("cron_add", args))

describe("cron_list", () => {
  test("without jobs says so (behaviour 84)", async () => {
    expect(await desk.tool("cron_list", {})).toMatchObject({
      success: true,
      output: "No scheduled jobs found.",
      structured: { jobs: [], total: 0, next_cursor: null, scope: "chat" },
    })
  })

  test("shows each with all that matters, next to run first (behaviour 84)", async () => {
    const late = await added({ ...daily, name: "late", model: "big" })
    const soon = await added({ prompt: "x", in: "20m", name: "soon" })
    const off = await added({ prompt: "x", every: "1m", name: "off" })
    await desk.tool("cron_disable", { job_id: off })
    const { output, structured } = await desk.tool("cron_list", {})
    expect((structured as ListAnswer).jobs.map(({ job_id }) => job_id)).toEqual([soon, late, off])
    expect(output).toContain(`[enabled] ${late} late | every day at 09:00 Europe/Vienna`)
    expect(output).toContain("| cli_chat, chat default, model big | next 2026-11-24T08:00:00Z")
    expect(output).toContain(
      `[disabled] ${off} off | every 1m | cli_chat, chat default, model default`,
    )
    expect(output).toContain("no next run | never run")

    const disabled = await desk.tool("cron_list", { status: "Disabled" })
    expect((disabled.structured as ListAnswer).jobs.map(({ job_id }) => job_id)).toEqual([off])
    const enabled = await desk.tool("cron_list", { status: "enabled" })
    expect((enabled.structured as ListAnswer).total).toBe(2)
  })

  test("shows only the jobs of the calling chat", async () => {
    await desk.tool("cron_add", daily, { by: agentIn("42") })
    expect((await desk.tool("cron_list", {})).output).toBe("No scheduled jobs found.")
  })

  test("asked in pages and asked often, writes nothing (behaviour 30)", async () => {
    for (let count = 0; count < 3; count += 1) await added({ prompt: `${count}`, every: "1h" })
    const before = (await desk.facts()).length
    const first = await desk.tool("cron_list", { limit: "2" })
    const { next_cursor, jobs } = first.structured as ListAnswer
    expect(jobs).toHaveLength(2)
    expect(first.output).toContain(`More: cursor ${next_cursor}`)
    const second = await desk.tool("cron_list", { limit: 2, cursor: next_cursor })
    expect(second.structured).toMatchObject({ next_cursor: null, total: 3 })
    for (let count = 0; count < 100; count += 1) await desk.tool("cron_list", {})
    expect((await desk.facts()).length).toBe(before)
  })
})
