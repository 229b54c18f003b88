import { describe, expect, test } from "vitest"
import {
  simulate,
  type SimulatedAgent,
  type SimulateOptions,
} from "../../../src/inspect/simulate.ts"
import { hour, minute, noon } from "../../kit/samples.ts"

const hourly = { name: "hourly", schedule: { every: "1h" } }
const taking =
  (takesMs: number): SimulatedAgent =>
  () => ({ takesMs })

const lived = (options: Partial<SimulateOptions> & Pick<SimulateOptions, "jobs">) =>
  simulate({ from: noon, to: noon + 24 * hour, ...options })

describe("faults", () => {
  test("a crash interrupts the open run, which is tried again at once (behaviour 33)", () => {
    const { runs } = lived({
      jobs: [hourly],
      agent: taking(10 * minute),
      to: noon + 90 * minute,
      faults: [{ type: "crash", at: noon + 62 * minute, downMs: 5 * minute }],
    })
    expect(runs).toMatchObject([
      { outcome: "interrupted", attempt: 1, endedAt: noon + 67 * minute },
      { outcome: "succeeded", attempt: 2, startedAt: noon + 67 * minute, trigger: "retry" },
    ])
  })

  test("what passes while the process is down is caught up with", () => {
    const { runs, skipped } = lived({
      jobs: [hourly],
      to: noon + 6 * hour,
      faults: [{ type: "crash", at: noon + 90 * minute, downMs: 3 * hour }],
    })
    expect(runs.map(({ trigger }) => trigger)).toEqual([
      "schedule",
      "catch-up",
      "schedule",
      "schedule",
    ])
    expect(skipped).toMatchObject([{ count: 2, reason: "downtime" }])
  })

  test("a sleep of the machine is seen afterwards, and what passed is caught up with", () => {
    const { runs, skipped } = lived({
      jobs: [hourly],
      to: noon + 5 * hour,
      faults: [{ type: "suspend", at: noon + 90 * minute, asleepMs: 2 * hour }],
    })
    expect(skipped).toMatchObject([{ count: 1, reason: "downtime" }])
    const [, caughtUp] = runs
    expect(caughtUp?.trigger).toBe("catch-up")
    const wokeAt = noon + 210 * minute
    expect(caughtUp?.startedAt).toBeGreaterThanOrEqual(wokeAt)
    expect(caughtUp?.startedAt).toBeLessThanOrEqual(wokeAt + minute)
  })

  test("a run does not go on while the machine sleeps", () => {
    const { runs } = lived({
      jobs: [{ schedule: { in: "1h" }, policy: { timeoutMs: 5 * hour } }],
      agent: taking(10 * minute),
      faults: [{ type: "suspend", at: noon + 65 * minute, asleepMs: 2 * hour }],
    })
    expect(runs).toMatchObject([{ outcome: "succeeded", endedAt: noon + 190 * minute }])
  })

  test("a clock that is set back fires nothing twice (behaviour 22)", () => {
    const { runs } = lived({
      jobs: [hourly],
      to: noon + 6 * hour,
      faults: [{ type: "step", at: noon + 150 * minute, byMs: -hour }],
    })
    const dues = runs.map(({ dueAt }) => dueAt)
    expect(new Set(dues).size).toBe(dues.length)
    expect((dues.at(-1) ?? 0) - noon).toBe(5 * hour)
  })

  test("a clock that was wrong by hours is set back, and jobs go on from there", () => {
    const jobs = [{ schedule: { cron: "0 * * * *" } }]
    const faults = [{ type: "step", at: noon + 90 * minute, byMs: -10 * hour }] as const
    const { runs } = lived({ jobs, faults, to: noon + 3 * hour })
    const later = runs.filter(({ startedAt }) => startedAt < noon)
    expect(later.map(({ dueAt }) => (dueAt - noon) / hour)).toEqual([-8, -7])
  })

  test("a clock that is set forward is seen within a minute (behaviour 22)", () => {
    const { runs } = lived({
      jobs: [hourly],
      to: noon + 3 * hour,
      faults: [{ type: "step", at: noon + 90 * minute, byMs: 2 * hour }],
    })
    const [, caughtUp] = runs
    expect(caughtUp?.trigger).toBe("catch-up")
    expect(caughtUp?.startedAt).toBeLessThanOrEqual(noon + 211 * minute)
  })
})

describe("policies", () => {
  const down = { type: "crash", at: noon + 90 * minute, downMs: 3 * hour } as const

  test("catch up with none, with the latest, with all (behaviour 34)", () => {
    const outcome = (mode: "none" | "latest" | "all") => {
      const jobs = [{ ...hourly, policy: { catchUp: { mode } } }]
      const simulated = lived({ jobs, faults: [down], to: noon + 290 * minute })
      const caughtUp = simulated.runs.filter(({ trigger }) => trigger === "catch-up").length
      return [caughtUp, simulated.jobs[0]?.skippedCount]
    }
    expect(outcome("none")).toEqual([0, 3])
    expect(outcome("latest")).toEqual([1, 2])
    expect(outcome("all")).toEqual([3, 0])
  })

  test("end the run before, or keep one in line", () => {
    const starts = (overlap: "cancel-previous" | "queue-one") => {
      const jobs = [{ schedule: { every: "1m" }, policy: { overlap } }]
      const to = noon + 5 * minute
      return lived({ jobs, to, agent: taking(90_000) }).runs.map((run) => [
        (run.startedAt - noon) / minute,
        run.outcome,
      ])
    }
    expect(starts("cancel-previous")).toEqual([
      [1, "cancelled"],
      [2, "cancelled"],
      [3, "cancelled"],
      [4, "cancelled"],
      [5, "open"],
    ])
    expect(starts("queue-one").map(([at]) => at)).toEqual([1, 2.5, 4])
  })

  test("delay by jitter and stop after so many runs", () => {
    const jobs = [{ ...hourly, policy: { jitterMs: 5 * minute, runsMax: 2 } }]
    const { runs, jobs: summaries } = lived({ jobs })
    expect(runs.map(({ dueAt }) => (dueAt - noon) / hour)).toEqual([1, 2])
    expect(new Set(runs.map(({ lateMs }) => lateMs)).size).toBe(1)
    expect(runs[0]?.lateMs).toBeGreaterThan(0)
    expect(summaries).toMatchObject([{ state: "disabled" }])
  })

  test("spread what was missed: as many as there are slots at once, then one a second", () => {
    const jobs = Array.from({ length: 5 }, (_, index) => ({ ...hourly, jobId: `j${index}` }))
    const faults = [{ ...down, downMs: hour }]
    const options = { jobs, faults, maxConcurrent: 2, agent: taking(0), to: noon + 3 * hour - 1 }
    const caughtUp = lived(options).runs.filter(({ trigger }) => trigger === "catch-up")
    const upAgainAt = noon + 150 * minute
    expect(caughtUp.map(({ startedAt }) => startedAt - upAgainAt)).toEqual([0, 0, 1e3, 2e3, 3e3])
  })
})

describe("changes of the clocks", () => {
  const newYork = (cron: string) => ({ schedule: { cron, tz: "America/New_York" } })
  const spring = { from: Date.parse("2026-03-06T12:00Z"), to: Date.parse("2026-03-10T12:00Z") }
  const autumn = { from: Date.parse("2026-10-30T12:00Z"), to: Date.parse("2026-11-03T12:00Z") }

  test("a fixed time that is left out is due after the gap (behaviour 8)", () => {
    const { changes } = simulate({ jobs: [newYork("30 2 * * *")], ...spring })
    expect(changes).toEqual([
      {
        jobId: "job_1",
        name: "Simulated.",
        tz: "America/New_York",
        at: Date.parse("2026-03-08T07:00Z"),
        kind: "left-out",
        from: Date.parse("2026-03-08T02:30Z"),
        to: Date.parse("2026-03-08T02:30Z"),
        count: 1,
        dueAt: Date.parse("2026-03-08T07:00Z"),
        isDueTwice: false,
      },
    ])
  })

  test("a fixed time that comes twice is due once, an interval twice (behaviours 10, 11)", () => {
    const jobs = [newYork("30 1 * * *"), newYork("0 * * * *"), newYork("0 9 * * *")]
    const { changes } = simulate({ jobs, ...autumn })
    expect(changes.map(({ jobId, kind, isDueTwice }) => [jobId, kind, isDueTwice])).toEqual([
      ["job_1", "repeated", false],
      ["job_2", "repeated", true],
    ])
    expect(changes[0]?.dueAt).toBe(Date.parse("2026-11-01T05:30Z"))
  })

  test("do not touch other zones, intervals, and jobs that do not fire then", () => {
    const jobs = [
      { schedule: { cron: "30 2 * * *", tz: "Asia/Shanghai" } },
      { schedule: { every: "1h", tz: "America/New_York" } },
      { ...newYork("30 2 * * *"), enabled: false },
      { schedule: { at: "2026-03-06T09:30", tz: "America/New_York" } },
    ]
    expect(simulate({ jobs, ...spring }).changes).toEqual([])
  })
})
