import { Effect, Layer } from "effect"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { EventLog } from "../../../src/log/event-log.ts"
import { Views } from "../../../src/views/views.ts"
import { settle } from "../../kit/clock.ts"
import { agentIn, daily, makeDesk, type Desk } from "../operations/desk.ts"

let desk: Desk

beforeEach(() => {
  desk = makeDesk()
})

afterEach(() => desk.dispose())

describe("finding a job", () => {
  test("the start of an id that several have lists them", async () => {
    const one = await desk.ask("add", { ...daily, name: "one" })
    const two = await desk.ask("add", { ...daily, name: "two" })
    const shared = one.job_id.slice(0, 20)
    const refusal = await desk.refusalOf("show", { id: shared })
    expect(refusal.code).toBe("ambiguous")
    expect(refusal.matches).toEqual([`${one.job_id} (one)`, `${two.job_id} (two)`])
  })

  test("the start of an id that one has is enough, with or without job_", async () => {
    const { job_id } = await desk.ask("add", daily)
    for (const ref of [job_id.slice(0, 12), job_id.slice(4, 12), job_id]) {
      expect(await desk.ask("show", { id: ref })).toMatchObject({ job: { job_id } })
    }
    expect((await desk.refusalOf("show", { id: "job_" })).code).toBe("not-found")
  })

  test("characters with a meaning in SQL have none here", async () => {
    await desk.ask("add", daily)
    for (const id of ["%", "job_%", "' OR 1 --", "job_000%"]) {
      expect((await desk.refusalOf("show", { id })).code).toBe("not-found")
    }
  })

  test("an agent is told of names in its own chat only", async () => {
    await desk.ask("add", { ...daily, name: "digest" }, { by: agentIn("42") })
    const refusal = await desk.refusalOf("show", { id: "digest" }, { by: agentIn("43") })
    expect(refusal.code).toBe("not-found")
    expect(refusal.matches).toEqual([])
    expect((await desk.ask("show", { id: "digest" }, { by: agentIn("42") })).kind).toBe("job")
  })
})

describe("pages of jobs", () => {
  test("hold every job once, those with nothing planned last, while jobs come and go", async () => {
    const expected: Array<string> = []
    for (let hours = 5; hours > 0; hours -= 1) {
      expected.unshift((await desk.ask("add", { prompt: "x", every: `${hours}h` })).job_id)
    }
    for (let count = 0; count < 3; count += 1) {
      const { job_id } = await desk.ask("add", { prompt: "x", every: "1m" })
      await desk.ask("disable", { job_id })
      expected.push(job_id)
    }
    const seen: Array<string> = []
    let cursor: string | null = null
    do {
      const page: { jobs: ReadonlyArray<{ job_id: string }>; next_cursor: string | null } =
        await desk.ask("list", { limit: 2, ...(cursor !== null && { cursor }) })
      seen.push(...page.jobs.map(({ job_id }) => job_id))
      cursor = page.next_cursor
      if (seen.length === 2) await desk.ask("remove", { job_id: seen[0] })
    } while (cursor !== null)
    expect(seen).toEqual(expected)
  })
})

describe("what was told is durable (behaviour 70)", () => {
  test("an answer and a refusal both wait for the disk", async () => {
    const gate = Promise.withResolvers<void>()
    const log = await desk.runtime.runPromise(EventLog)
    const slow = Layer.succeed(
      EventLog,
      EventLog.of({ ...log, durable: Effect.promise(() => gate.promise) }),
    )
    const views = await desk.runtime.runPromise(
      Views.pipe(Effect.provide(Views.layer), Effect.provide(slow)),
    )
    const told: Array<string> = []
    const jobs = Effect.runPromise(views.jobs({})).then(() => told.push("jobs"))
    const refusal = Effect.runPromise(Effect.flip(views.job("none"))).then(() => told.push("none"))
    await settle()
    expect(told).toEqual([])
    gate.resolve()
    await Promise.all([jobs, refusal])
    expect(told.toSorted()).toEqual(["jobs", "none"])
  })
})
