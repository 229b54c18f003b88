import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { monday } from "../../kit/world.ts"
import { agentIn, daily, idOf, makeDesk, type Desk } from "./desk.ts"

const minute = 60_000
const hour = 60 * minute

let desk: Desk

beforeEach(async () => {
  desk = makeDesk()
  await desk.start()
})

afterEach(async () => {
  await desk.stop()
  await desk.dispose()
})

const hourly = async () => (await desk.ask("add", { prompt: "Look.", every: "1h" })).job_id

describe("why (behaviour 67)", () => {
  test("a run: late by how much, how it ended, and by which facts", async () => {
    const job_id = await hourly()
    await desk.clock.advance(hour)
    const answer = await desk.ask("why", { job_id, time: monday + hour })
    expect(answer).toMatchObject({
      job_id,
      answer: "ran",
      due: { at: monday + hour, utc: "2026-11-23T10:00:00Z" },
      reason: null,
      runs: [{ attempt: 1, trigger: "schedule", late_ms: 0, outcome: "succeeded" }],
    })
    const facts = (await desk.ask("log", { job_id })).facts
    const told = facts.filter(({ position }) => answer.positions.includes(position))
    expect(told.map(({ type }) => type)).toEqual(["run.started", "run.succeeded"])
  })

  test("what is to come, and what is no occurrence", async () => {
    const job_id = await hourly()
    expect(await desk.ask("why", { job_id, time: "2026-11-23T10:00Z" })).toMatchObject({
      answer: "not-yet",
    })
    expect(await desk.ask("why", { job_id, time: "2026-11-23T10:30Z" })).toMatchObject({
      answer: "not-an-occurrence",
      nearest: { before: { at: monday + hour }, after: { at: monday + 2 * hour } },
    })
  })

  test("what was disabled, by whom, also of a job that is gone", async () => {
    const job_id = await hourly()
    await desk.ask("disable", { job_id })
    await desk.clock.advance(2 * hour)
    const first = await desk.ask("why", { job_id, time: "2026-11-23T10:00Z" })
    expect(first).toMatchObject({ answer: "superseded", reason: "disabled", by: { id: "ada" } })
    const second = await desk.ask("why", { job_id, time: "2026-11-23T11:00Z" })
    expect(second).toMatchObject({ answer: "not-planned", reason: "disabled", by: { id: "ada" } })
    await desk.ask("remove", { job_id })
    const gone = await desk.ask("why", { job_id, time: "2026-11-23T12:00Z" })
    expect(gone).toMatchObject({ answer: "not-planned", reason: "removed" })
    expect(gone.sentence).toMatch(/it was removed at 2026-11-23 11:00 .* by user ada/)
  })

  test("a time is read in the zone of the job, to the minute, the second or the instant", async () => {
    const { job_id } = await desk.ask("add", daily)
    const at = Date.UTC(2026, 10, 24, 8)
    for (const time of [
      at,
      `${at}`,
      "2026-11-24T09:00",
      "2026-11-24T09:00:00+01:00",
      "2026-11-24T08:00:00.000Z",
    ]) {
      expect(await desk.ask("why", { job_id, time })).toMatchObject({
        answer: "not-yet",
        due: { at, local: expect.stringContaining("Europe/Vienna") as string },
      })
    }
  })

  test("an interval that began at odd seconds is found by its minute", async () => {
    await desk.clock.advance(12_345)
    const job_id = await hourly()
    const found = await desk.ask("why", { job_id, time: "2026-11-23T10:00Z" })
    expect(found).toMatchObject({ answer: "not-yet", due: { at: monday + hour + 12_345 } })
    expect(await desk.ask("why", { job_id, time: "2026-11-23T10:00:11Z" })).toMatchObject({
      answer: "not-an-occurrence",
    })
  })

  test("changes nothing (behaviour 30)", async () => {
    const job_id = await hourly()
    const before = await desk.facts()
    await desk.ask("why", { job_id, time: monday })
    await desk.ask("diff", { from: 0 })
    expect(await desk.facts()).toEqual(before)
  })

  test("refuses a time that is none, and a job that is not there or not the caller's", async () => {
    const job_id = await hourly()
    for (const time of ["noon", "2026-13-01T09:00", 5, ""]) {
      const refusal = await desk.refusalOf("why", { job_id, time })
      expect(refusal.code).toBe("invalid-input")
      expect(refusal.message).toContain("time")
    }
    expect((await desk.refusalOf("why", { job_id: "nope", time: monday })).code).toBe("not-found")
    const stranger = { by: agentIn("elsewhere") }
    expect((await desk.refusalOf("why", { job_id, time: monday }, stranger)).code).toBe("forbidden")
  })
})

describe("cron_why", () => {
  test("says a sentence, and understands other words for its parameters", async () => {
    const added = await desk.tool("cron_add", { prompt: "Look.", every: "1h" })
    await desk.clock.advance(hour)
    for (const time of [{ time: "2026-11-23T10:00Z" }, { at: `${monday + hour}` }]) {
      const { success, output } = await desk.tool("cron_why", { jobId: idOf(added), ...time })
      expect(success).toBe(true)
      expect(output).toMatch(
        /^ran: The occurrence of 2026-11-23 10:00 UTC ran on time, in one attempt/,
      )
      expect(output).toMatch(/Facts at positions \d+, \d+ of the log\.$/)
    }
  })

  test("asks for what is missing", async () => {
    expect((await desk.tool("cron_why", { job_id: "x" })).error).toContain("time is required")
    expect((await desk.tool("cron_why", { time: "2026-11-23T10:00Z" })).error).toContain(
      "job_id is required",
    )
  })
})

describe("diff", () => {
  test("shows what changed between positions or times, cut to one job when asked", async () => {
    const job_id = await hourly()
    await desk.clock.advance(hour)
    const other = await hourly()
    const whole = await desk.ask("diff", { from: "2026-11-23T09:30:00Z" })
    expect(whole.changes.map(({ table, change }) => `${change} ${table}`)).toEqual([
      "changed scheduled_jobs",
      "added scheduled_jobs",
      "added job_runs",
    ])
    expect(whole.changes_count).toBe(3)
    const mine = await desk.ask("diff", { from: 0, to: whole.to.position, job_id: other })
    expect(mine.changes.map(({ key }) => key)).toEqual([other])
    expect((await desk.ask("diff", { from: whole.to.position, job_id })).changes).toEqual([])
  })

  test("refuses what is no place in the log, and to tell agents of all jobs", async () => {
    expect((await desk.refusalOf("diff", { from: 9_999 })).message).toContain("ends at position")
    expect((await desk.refusalOf("diff", { from: "yesterday" })).message).toContain("neither")
    expect((await desk.refusalOf("diff", { from: "2026-11-23T09:30" })).code).toBe("invalid-input")
    const agent = { by: agentIn("default") }
    expect((await desk.refusalOf("diff", { from: 0 }, agent)).code).toBe("forbidden")
    const job_id = await hourly()
    const { changes } = await desk.ask("diff", { from: 0, job_id })
    expect(changes).toHaveLength(1)
  })
})
