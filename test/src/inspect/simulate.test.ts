import { describe, expect, test } from "vitest"
import { Refusal } from "../../../machines/refusal.ts"
import {
  simulate,
  type Fault,
  type SimulatedAgent,
  type SimulateOptions,
} from "../../../src/inspect/simulate.ts"
import type { JobFact } from "../../../events/fact.ts"
import type { JobState } from "../../../machines/state.ts"
import { evolve, initial } from "../../../machines/table.ts"
import { added, failedAs, hour, jobId, minute, noon, second, started } from "../../kit/samples.ts"

const day = 24 * hour

const lived = (options: Partial<SimulateOptions> & Pick<SimulateOptions, "jobs">) =>
  simulate({ from: noon, to: noon + day, ...options })

const refusalOf = (options: Partial<SimulateOptions>): Refusal => {
  try {
    lived({ jobs: [hourly], ...options })
  } catch (error) {
    if (error instanceof Refusal) return error
    throw error
  }
  throw new Error("not refused")
}

const hourly = { name: "hourly", schedule: { every: "1h" } }
const taking =
  (takesMs: number): SimulatedAgent =>
  () => ({ takesMs })

/** A job as a log has it after these facts. */
const storedJob = (...facts: ReadonlyArray<JobFact>): JobState => facts.reduce(evolve, initial)

/** Minutes after noon, so that expectations can be read. */
const minutes = (times: ReadonlyArray<number>): ReadonlyArray<number> =>
  times.map((at) => (at - noon) / minute)

const startsOf = ({ runs }: ReturnType<typeof simulate>): ReadonlyArray<number> =>
  minutes(runs.map(({ startedAt }) => startedAt))

describe("a simulation refuses", () => {
  test("an end that is not after the beginning", () => {
    expect(refusalOf({ to: noon }).message).toBe(
      "The simulation would end at 2026-11-24T12:00:00.000Z, and begins at 2026-11-24T12:00:00.000Z.",
    )
    expect(refusalOf({ to: noon - 1 }).code).toBe("invalid-input")
  })

  test("what is no instant", () => {
    expect(refusalOf({ from: Number.NaN }).message).toContain("from is NaN")
    expect(refusalOf({ to: 9e15 }).message).toContain("to is 9000000000000000")
    expect(refusalOf({ to: noon + 200 * 366 * day }).message).toContain("more than a century")
    expect(refusalOf({ begins: noon + 1 }).message).toContain("begins is later")
  })

  test("to simulate nothing", () => {
    expect(refusalOf({ jobs: [] }).message).toBe("There is no job to simulate.")
  })

  test("slots and bounds that are no counts", () => {
    expect(refusalOf({ maxConcurrent: 0 }).message).toContain("maxConcurrent is 0")
    expect(refusalOf({ runsMax: 1.5 }).message).toContain("runsMax is 1.5")
  })

  test("a job that cannot be, and names it", () => {
    const refusal = refusalOf({
      jobs: [hourly, { name: "broken", schedule: { cron: "61 * * * *" } }],
    })
    expect(refusal).toMatchObject({ code: "invalid-schedule" })
    expect(refusal.message).toMatch(/^Job 2 \(broken\): /)
    const nameless = refusalOf({ jobs: [{ schedule: { at: "2020-01-01T00:00:00Z" } }] })
    expect(nameless).toMatchObject({ code: "in-past" })
    expect(nameless.message).toMatch(/^Job 1: /)
  })

  test("a channel or an agent that is not there, once it is told which there are", () => {
    expect(refusalOf({ channels: ["file"] }).code).toBe("unknown-channel")
    const jobs = [{ ...hourly, policy: { agent: "nobody" } }]
    expect(refusalOf({ jobs, agents: ["echo"] }).message).toContain("nobody")
    expect(lived({ jobs }).runs).toHaveLength(24)
  })

  test("two jobs of one id", () => {
    const refusal = refusalOf({ jobs: [hourly, { ...hourly, jobId: "job_1" }] })
    expect(refusal.message).toBe("Jobs 1 and 2 have the same id, job_1.")
  })

  test("an agent whose answer takes no time that there is", () => {
    expect(refusalOf({ agent: taking(-1) }).message).toContain("takes -1 ms")
    expect(refusalOf({ agent: taking(Number.NaN) }).message).toContain("takes NaN ms")
  })

  test.each<[string, Fault]>([
    ["before it begins", { type: "crash", at: noon - 1, downMs: minute }],
    ["after its end", { type: "step", at: noon + day + 1, byMs: minute }],
    ["for no time at all", { type: "suspend", at: noon, asleepMs: 0 }],
    ["by no time that there is", { type: "step", at: noon, byMs: Number.NaN }],
  ])("a fault %s", (_, fault) => {
    expect(refusalOf({ faults: [fault] })).toMatchObject({ code: "invalid-input" })
  })

  test("a fault while the process is down", () => {
    const faults: ReadonlyArray<Fault> = [
      { type: "step", at: noon + 90 * minute, byMs: minute },
      { type: "crash", at: noon + hour, downMs: hour },
    ]
    expect(refusalOf({ faults }).message).toContain("in which the process is down")
  })

  test("more runs than it may come to, and says how far it came", () => {
    const refusal = refusalOf({
      jobs: [{ schedule: { every: "1s" } }],
      agent: taking(0),
      runsMax: 100,
    })
    expect(refusal.code).toBe("capacity")
    expect(refusal.message).toContain("more than 100 runs: by 2026-11-24T12:01:41.000Z")
  })

  test("to go on for ever when nothing but refused starts happens", () => {
    const jobs = [{ schedule: { every: "1m" } }]
    const agent: SimulatedAgent = () => ({ takesMs: 0, outcome: failedAs("retryable") })
    const policy = { retry: { attemptsMax: 100, delaysMs: [1] }, disableAfterFailures: 0 }
    expect(refusalOf({ jobs: [{ ...jobs[0], policy } as never], agent, runsMax: 50 }).code).toBe(
      "capacity",
    )
  })
})

describe("a simulated job", () => {
  test("runs whenever it is due, with its answer a second later", () => {
    const { runs, jobs } = lived({ jobs: [hourly] })
    expect(runs).toHaveLength(24)
    expect(runs[0]).toEqual({
      jobId: "job_1",
      name: "hourly",
      runId: "run_1",
      dueAt: noon + hour,
      startedAt: noon + hour,
      endedAt: noon + hour + second,
      trigger: "schedule",
      attempt: 1,
      lateMs: 0,
      waitedMs: 0,
      outcome: "succeeded",
    })
    expect(runs.at(-1)).toMatchObject({ dueAt: noon + day, endedAt: null, outcome: "open" })
    expect(jobs).toMatchObject([{ runsCount: 24, firstDueAt: noon + hour, never: null }])
  })

  test("lives the same life again", () => {
    const options = { jobs: [hourly, { schedule: { cron: "*/7 * * * *" } }], maxConcurrent: 1 }
    expect(lived(options)).toEqual(lived(options))
  })

  test("skips what comes due while it runs (behaviour 35)", () => {
    const jobs = [{ schedule: { every: "60s" } }]
    const { runs, skipped } = lived({ jobs, agent: taking(150 * second), to: noon + 5 * minute })
    expect(minutes(runs.map(({ startedAt }) => startedAt))).toEqual([1, 4])
    expect(skipped[0]).toMatchObject({
      from: noon + 2 * minute,
      to: noon + 3 * minute,
      count: 2,
      reason: "overlap",
    })
  })

  test("is tried again up the ladder, and disabled after failures", () => {
    const agent: SimulatedAgent = () => ({ takesMs: 0, outcome: failedAs("retryable") })
    const jobs = [{ schedule: { cron: "0 13 * * *" }, policy: { disableAfterFailures: 3 } }]
    const simulated = lived({ jobs, agent })
    expect(startsOf(simulated)).toEqual([60, 60.5, 61.5])
    expect(simulated.runs.map(({ attempt }) => attempt)).toEqual([1, 2, 3])
    expect(simulated.jobs).toMatchObject([
      { state: "disabled", disabledReason: "failures", failedCount: 3 },
    ])
  })

  test("times out when its agent hangs", () => {
    const jobs = [{ schedule: { in: "1h" }, policy: { retry: { attemptsMax: 1 } } }]
    const { runs } = lived({ jobs, agent: taking(Infinity) })
    expect(runs).toMatchObject([{ outcome: "timed-out", endedAt: noon + hour + 10 * minute }])
  })

  test("that never ran says why", () => {
    const { jobs } = lived({
      jobs: [
        { name: "later", schedule: { in: "3d" } },
        { name: "off", schedule: { every: "1h" }, enabled: false },
        { name: "runs", schedule: { every: "1h" } },
      ],
    })
    expect(jobs.map(({ never }) => never)).toEqual(["later", "disabled", null])
  })

  test("of a log goes on where it is, and its open run ends", () => {
    const job = storedJob(added(), started())
    const agent: SimulatedAgent = ({ runId }) => ({ takesMs: runId === "run_1" ? minute : second })
    const simulated = lived({ jobs: [job], from: noon + minute, to: noon + 2 * hour, agent })
    expect(startsOf(simulated)).toEqual([60, 120])
    expect(simulated.jobs).toMatchObject([{ jobId, name: "digest", runsCount: 2 }])
  })

  test("of a log catches up with what passed before", () => {
    const job = storedJob(added())
    const { runs, skipped } = lived({ jobs: [job], from: noon + 150 * minute, to: noon + 3 * hour })
    expect(runs).toMatchObject([
      { dueAt: noon + 2 * hour, trigger: "catch-up", lateMs: 30 * minute },
      { dueAt: noon + 3 * hour, trigger: "schedule" },
    ])
    expect(skipped).toMatchObject([{ from: noon, to: noon + hour, count: 2, reason: "downtime" }])
  })

  test("is not reported before the time that was asked for", () => {
    const { runs, jobs } = lived({ jobs: [hourly], begins: noon - day, from: noon })
    expect(runs).toHaveLength(25)
    expect(runs[0]?.dueAt).toBe(noon)
    expect(jobs[0]?.runsCount).toBe(25)
  })
})

describe("jobs that meet", () => {
  const three = ["a", "b", "c"].map((name) => ({ name, jobId: name, schedule: { every: "1h" } }))
  const until = { to: noon + 90 * minute }

  test("collide, and come to a peak", () => {
    const { collisions, peaks } = lived({ jobs: three, ...until })
    expect(collisions).toEqual([{ dueAt: noon + hour, jobIds: ["a", "b", "c"] }])
    expect(peaks).toEqual([{ at: noon + hour, count: 3, jobIds: ["a", "b", "c"] }])
  })

  test("wait for a slot, in turn, and the wait is told", () => {
    const simulated = lived({ jobs: three, ...until, maxConcurrent: 1, agent: taking(minute) })
    expect(startsOf(simulated)).toEqual([60, 61, 62])
    expect(simulated.runs.map(({ waitedMs }) => waitedMs)).toEqual([0, minute, 2 * minute])
    expect(simulated.runs.map(({ lateMs }) => lateMs)).toEqual([0, minute, 2 * minute])
    expect(simulated.peaks).toEqual([])
  })

  test("do not meet when they are a second apart", () => {
    const jobs = [{ schedule: { cron: "0 0 13 * * *" } }, { schedule: { cron: "1 0 13 * * *" } }]
    const { collisions, peaks } = lived({ jobs })
    expect([collisions, peaks]).toEqual([[], []])
  })

  test("reach one peak within each busy time, the highest first", () => {
    const jobs = [
      ...three,
      { jobId: "d", schedule: { cron: "0 13 * * *" } },
      { jobId: "e", schedule: { cron: "0 13 * * *" } },
    ]
    const { peaks } = lived({ jobs, to: noon + 3 * hour })
    expect(peaks.map(({ at, count }) => [(at - noon) / hour, count])).toEqual([
      [1, 4],
      [2, 3],
      [3, 3],
    ])
  })
})
