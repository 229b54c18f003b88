import { afterEach, describe, expect, test } from "vitest"
import { monday } from "../../kit/world.ts"
import { agentIn, daily, makeDesk, type Desk } from "./desk.ts"

const hour = 3_600_000

let desk: Desk | undefined
const opened = (): Desk => (desk = makeDesk())
afterEach(() => desk?.dispose())

describe("simulate", () => {
  test("refuses an empty folder, and a length that is none", async () => {
    const { refusalOf } = opened()
    expect(await refusalOf("simulate", {})).toMatchObject({ code: "not-found" })
    expect(await refusalOf("simulate", { stored: false })).toMatchObject({ code: "not-found" })
    const refusal = await refusalOf("simulate", { for: "soon", jobs: [daily] })
    expect(refusal.message).toContain("for: ")
    expect(await refusalOf("simulate", { from: "9 o'clock" })).toMatchObject({
      code: "invalid-input",
    })
  })

  test("refuses a job to add by its number", async () => {
    const { refusalOf } = opened()
    const odd = { ...daily, channl: "x" }
    const refusal = await refusalOf("simulate", { jobs: [daily, odd] })
    expect(refusal.message).toContain('Job 2 of those to add: Unknown field "channl"')
    const never = { prompt: "x", cron: "61 * * * *" }
    expect((await refusalOf("simulate", { jobs: [daily, never] })).message).toMatch(/^Job 2 /)
    const elsewhere = { ...daily, channel: "pigeon", chat_id: "1" }
    expect(await refusalOf("simulate", { jobs: [elsewhere] })).toMatchObject({
      code: "unknown-channel",
    })
  })

  test("refuses a past that jobs here have had already, and more than a century", async () => {
    const { ask, refusalOf } = opened()
    await ask("add", daily)
    const past = { from: monday - hour }
    expect(await refusalOf("simulate", past)).toMatchObject({ code: "in-past" })
    const long = await refusalOf("simulate", { for: "9999w" })
    expect(long.message).toContain("more than a century")
  })

  test("tells the jobs that are there and those to add, and stores nothing", async () => {
    const { ask, facts } = opened()
    await ask("add", { ...daily, name: "there" })
    const before = await facts()
    const answer = await ask("simulate", { for: "3d", jobs: [{ ...daily, name: "new" }] })
    expect(answer.totals).toMatchObject({ jobs: 2, runs: 6, collisions: 3, never: 0 })
    expect(answer.jobs.map(({ name, runs, schedule }) => [name, runs, schedule])).toEqual([
      ["there", 3, "every day at 09:00 Europe/Vienna"],
      ["new", 3, "every day at 09:00 Europe/Vienna"],
    ])
    expect(answer.peaks[0]).toMatchObject({ count: 2 })
    expect(answer.complete).toBe(true)
    expect(await facts()).toEqual(before)
  })

  test("cuts its lists where it is told to, and says so", async () => {
    const { ask } = opened()
    const jobs = [{ prompt: "x", every: "1h" }]
    const answer = await ask("simulate", { jobs, stored: false, for: "1d", limit: 2 })
    expect(answer.totals.runs).toBe(24)
    expect(answer.runs).toHaveLength(2)
    expect(answer.complete).toBe(false)
  })

  test("begins later than now, with what is planned lived through until then", async () => {
    const { ask } = opened()
    await ask("add", { prompt: "x", in: "1h" })
    await ask("add", { prompt: "y", every: "12h" })
    const from = new Date(monday + 24 * hour).toISOString()
    const { totals, jobs } = await ask("simulate", { from, for: "1d" })
    expect(totals.runs).toBe(3)
    expect(jobs.map(({ never }) => never)).toEqual(expect.arrayContaining(["disabled", null]))
  })

  test("shows an agent the jobs of its own chat only", async () => {
    const { ask } = opened()
    await ask("add", daily, { by: agentIn("one") })
    await ask("add", daily, { by: agentIn("two") })
    const { totals } = await ask("simulate", {}, { by: agentIn("one") })
    expect(totals.jobs).toBe(1)
  })
})
