import { Effect } from "effect"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import type { RunStartedAnswer } from "../../../src/operations/run.ts"
import { settle } from "../../kit/clock.ts"
import { agentIn, daily, idOf, makeDesk, type Desk } from "../operations/desk.ts"

let desk: Desk

beforeEach(() => {
  desk = makeDesk()
})

afterEach(() => desk.dispose())

const added = async (args: object = daily) => idOf(await desk.tool("cron_add", args))

describe("cron_run, cron_runs and cron_preview", () => {
  test("a run is begun and its id given at once; a second one is refused (behaviour 38)", async () => {
    const gate = Promise.withResolvers<{ text: string }>()
    await desk.dispose()
    desk = makeDesk({ run: () => Effect.promise(() => gate.promise) })
    await desk.start()
    const jobId = await added()
    const result = await desk.tool("cron_run", { job_id: jobId })
    const { run_id, status, next } = result.structured as RunStartedAnswer
    expect(status).toBe("running")
    expect(next[0]?.utc).toBe("2026-11-24T08:00:00Z")
    expect(result.output).toContain(`Job ${jobId} runs now: run ${run_id}.`)
    const again = await desk.tool("cron_run", { job_id: jobId })
    expect(again).toMatchObject({ success: false, structured: { code: "already-running" } })
    expect(again.error).toContain("running")
    gate.resolve({ text: "The news." })
    await settle()
    const { output } = await desk.tool("cron_runs", { job_id: jobId, status: "ok" })
    expect(output).toContain(`[ok] ${run_id} of ${jobId}`)
    expect(output).toContain("manual, attempt 1")
    expect(output).toContain("The news.")
    await desk.stop()
  })

  test("no runs", async () => {
    expect((await desk.tool("cron_runs", { job_id: await added() })).output).toBe("No runs found.")
  })

  test("a preview stores nothing", async () => {
    const { output, structured } = await desk.tool("cron_preview", {
      cron_expression: "0 9 * * 1-5",
      tz: "Europe/Vienna",
      count: "2",
    })
    expect(output).toContain("every weekday at 09:00 Europe/Vienna.")
    expect(structured).toMatchObject({
      next: [{ utc: "2026-11-24T08:00:00Z" }, { utc: "2026-11-25T08:00:00Z" }],
    })
    expect(await desk.facts()).toEqual([])
  })
})

test("of what is due, enabled jobs start, oldest first, as many as may run at once (behaviour 90)", async () => {
  await desk.dispose()
  const gate = Promise.withResolvers<{ text: string }>()
  desk = makeDesk({
    settings: { maxConcurrent: 2 },
    run: () => Effect.promise(() => gate.promise),
  })
  for (const minutes of [3, 1, 2, 4]) {
    await added({ prompt: `due after ${minutes}`, in: `${minutes}m` })
  }
  const off = await added({ prompt: "disabled", every: "30s" })
  await desk.tool("cron_disable", { job_id: off })
  await desk.clock.advance(3 * 60_000)
  await desk.start()
  await desk.clock.advance(1_000)
  expect(desk.asked.map(({ prompt }) => prompt)).toEqual(["due after 1", "due after 2"])
  gate.resolve({ text: "done" })
  await desk.clock.advance(60_000)
  expect(desk.asked.map(({ prompt }) => prompt)).toEqual([1, 2, 3, 4].map((n) => `due after ${n}`))
  await desk.stop()
})

describe("a tool called from inside of a run (behaviour 45, pitfall 11)", () => {
  test("may look, but the reason why it may not schedule reaches the model", async () => {
    const jobId = await added()
    const { structured } = await desk.tool("cron_run", { job_id: jobId })
    const { run_id } = structured as RunStartedAnswer
    const inside = { by: { ...agentIn("default"), runId: run_id } }
    const before = await desk.jobs()
    for (const [name, args] of [
      ["cron_add", daily],
      ["cron_update", { job_id: jobId, every: "1m" }],
      ["cron_remove", { job_id: jobId }],
    ] as const) {
      const result = await desk.tool(name, args, inside)
      expect(result).toMatchObject({ success: false, structured: { code: "self-scheduling" } })
      expect(result.error).toContain("from inside")
      expect(result.output).toContain("Do not try again from this run")
    }
    expect(await desk.jobs()).toEqual(before)
    expect((await desk.tool("cron_list", {}, inside)).success).toBe(true)
  })

  test("a job that is allowed to may schedule", async () => {
    const jobId = await added({ ...daily, policy: { mayWriteSchedule: "true" } })
    const { structured } = await desk.tool("cron_run", { job_id: jobId })
    const { run_id } = structured as RunStartedAnswer
    const result = await desk.tool("cron_add", daily, {
      by: { ...agentIn("default"), runId: run_id },
    })
    expect(result.success).toBe(true)
  })
})
