import { simulate, type SimulateOptions } from "../src/testing.ts"
import { expectEqual, print, sized, stopwatch } from "./kit.ts"

/** A year of a thousand daily jobs in eight zones: what is simulated, and what it costs. */
const dayMs = 86_400_000
const from = Date.UTC(2026, 0, 1)
const zones = [
  "Europe/Vienna",
  "America/New_York",
  "Asia/Shanghai",
  "Australia/Sydney",
  "UTC",
  "America/Sao_Paulo",
  "Asia/Kolkata",
  "Europe/London",
]

const jobsCount = sized(1_000, 20)
const daysCount = sized(365, 30)
const jobs: SimulateOptions["jobs"] = Array.from({ length: jobsCount }, (_, index) => ({
  jobId: `job_${index}`,
  schedule: {
    // Never at an hour that a change of the clocks leaves out, so that the count is known beforehand.
    cron: `${index % 60} ${4 + (index % 19)} * * *`,
    tz: zones[index % zones.length] ?? "UTC",
  },
}))

const spent = stopwatch()
const { runs, jobs: summaries, changes } = simulate({ jobs, from, to: from + daysCount * dayMs })
const { wallMs, cpuMs } = spent()
expectEqual("a run for each day of each job", runs.length, jobsCount * daysCount)
expectEqual("changes that touch a job", changes.length, 0)
const idle = summaries.filter(({ runsCount }) => runsCount !== daysCount)
expectEqual("jobs that missed a day", idle.length, 0)
print("simulate", {
  jobs: jobsCount,
  days: daysCount,
  runs: runs.length,
  wallMs: Math.round(wallMs),
  cpuMs: Math.round(cpuMs),
  runsPerSecond: Math.round((runs.length / wallMs) * 1_000),
})
