import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { settle } from "../../kit/clock.ts"
import { monday } from "../../kit/world.ts"
import { agentIn, daily, makeDesk, type Desk } from "./desk.ts"

const hour = 3_600_000

let desk: Desk

beforeEach(() => {
  desk = makeDesk()
})

afterEach(() => desk.dispose())

const added = async () => (await desk.ask("add", daily)).job_id

describe("pausing a job", () => {
  test("until somebody resumes it: the answer, the list and the job say so", async () => {
    const job_id = await added()
    const paused = await desk.ask("pause", { job_id })
    expect(paused).toMatchObject({ paused: true, until: null, changed: true, job: { job_id } })
    expect(paused.job?.warnings.join()).toContain("until somebody resumes it")
    const { jobs } = await desk.ask("list", {})
    expect(jobs).toMatchObject([{ paused: true, paused_until: null }])

    expect(await desk.ask("pause", { job_id })).toMatchObject({ changed: false })
    expect(await desk.ask("resume", { job_id })).toMatchObject({ paused: false, changed: true })
    expect(await desk.ask("show", { id: job_id })).toMatchObject({ job: { paused: false } })
  })

  test.each([
    ["2h", monday + 2 * hour],
    ["2026-11-24T09:00Z", Date.UTC(2026, 10, 24, 9)],
    ["2026-11-24T09:00", Date.UTC(2026, 10, 24, 8)],
    [monday + 5, monday + 5],
  ])("until %s, local to the job's zone", async (until, at) => {
    const job_id = await added()
    expect(await desk.ask("pause", { job_id, until })).toMatchObject({ until: at })
  })

  test("until a time that is none, or over, is refused", async () => {
    const job_id = await added()
    expect((await desk.refusalOf("pause", { job_id, until: "soon" })).message).toMatch(/^until: /)
    expect((await desk.refusalOf("pause", { job_id, until: monday })).code).toBe("in-past")
    expect((await desk.refusalOf("pause", { job_id: "none" })).code).toBe("not-found")
  })

  test("of another chat is not an agent's to ask for", async () => {
    const job_id = await added()
    const by = agentIn("elsewhere")
    expect((await desk.refusalOf("pause", { job_id }, { by })).code).toBe("forbidden")
  })
})

describe("pausing everything", () => {
  test("says whether anything changed, and a repeated command gets its answer", async () => {
    const commandId = "01930000-0000-7000-8000-000000000009"
    expect(await desk.ask("pause", {}, { commandId })).toMatchObject({ job: null, changed: true })
    expect(await desk.ask("pause", {}, { commandId })).toMatchObject({ changed: true })
    expect(await desk.ask("pause", {})).toMatchObject({ paused: true, changed: false })
    expect(await desk.ask("resume", {})).toMatchObject({ paused: false, changed: true })
    expect(await desk.ask("resume", {})).toMatchObject({ changed: false })
    await settle()
    const facts = (await desk.facts()).map(({ fact }) => fact)
    expect(facts.filter(({ type }) => type.startsWith("clock."))).toEqual([
      { type: "clock.paused", wallAt: monday },
      { type: "clock.resumed", wallAt: monday },
    ])
  })

  test("has no end of its own, and is for people", async () => {
    expect((await desk.refusalOf("pause", { until: "2h" })).message).toContain("until is for a job")
    const by = agentIn("default")
    expect((await desk.refusalOf("pause", {}, { by })).code).toBe("forbidden")
    expect((await desk.refusalOf("resume", {}, { by })).code).toBe("forbidden")
  })
})

describe("times in a policy", () => {
  const bounds = async () => {
    const [row] = await desk.jobs()
    const { startAt, endAt } = JSON.parse(row?.policy ?? "") as Record<string, unknown>
    return { startAt, endAt }
  }

  test("are ISO 8601 or epoch ms, local to the zone that the job is given", async () => {
    const policy = { start_at: "2026-12-01T09:00", end_at: monday + 90 * 24 * hour }
    const { job_id } = await desk.ask("add", { ...daily, policy })
    expect(await bounds()).toEqual({ startAt: Date.UTC(2026, 11, 1, 8), endAt: policy.end_at })
    await desk.ask("update", { job_id, policy: { start_at: null, end_at: "2027-06-01T09:00" } })
    expect(await bounds()).toEqual({ startAt: undefined, endAt: Date.UTC(2027, 5, 1, 7) })
  })

  test("that cannot be read are refused by their key", async () => {
    const refusal = await desk.refusalOf("add", { ...daily, policy: { end_at: "summer" } })
    expect(refusal.message).toMatch(/^policy\.end_at: /)
    expect(await desk.facts()).toEqual([])
  })
})
