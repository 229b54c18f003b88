import type { Cron } from "../../events/schedule.ts"
import type { EpochMs } from "../../events/time.ts"
import { clockChanges, type ClockChange } from "../../machines/next-due-changes.ts"
import { nextDue, occurrencesBetween, type Occurrences } from "../../machines/next-due.ts"
import type { ChangedTimes, SimulatedRun } from "./simulate-answer.ts"
import type { LiveJob } from "./simulate-jobs.ts"

interface Span {
  readonly from: EpochMs
  readonly to: EpochMs
}

/** Where a change of the clocks touches the local times of a job, while it fires. */
export const changesOf = (
  jobs: ReadonlyArray<LiveJob>,
  runs: ReadonlyArray<SimulatedRun>,
  span: Span,
): ReadonlyArray<ChangedTimes> => {
  const changesIn = remembering((tz: string) => clockChanges(tz, span))
  const lifeOf = livesOf(runs)
  return jobs
    .flatMap((job) => {
      const { schedule } = job.state.context.definition
      const life = lifeOf.get(job.jobId)
      if (schedule.type !== "cron" || life === undefined) return []
      const to = job.state.context.plan === null ? life.to : span.to
      const met = changesIn(schedule.tz).filter(({ at }) => at >= life.from - dayMs && at <= to)
      return met.flatMap((change) => changed(job, schedule, change))
    })
    .toSorted((one, other) => one.at - other.at)
}

const dayMs = 86_400_000

/** From the first run of each job to its last. */
const livesOf = (runs: ReadonlyArray<SimulatedRun>): ReadonlyMap<string, Span> => {
  const lives = new Map<string, Span>()
  for (const { jobId, dueAt } of runs) {
    const from = lives.get(jobId)?.from ?? dueAt
    lives.set(jobId, { from, to: dueAt })
  }
  return lives
}

/** The local times that are left out or come twice are those of the same expression in UTC. */
const changed = (
  { jobId, state }: LiveJob,
  schedule: Cron,
  change: ClockChange,
): ReadonlyArray<ChangedTimes> => {
  const { at, beforeMs, afterMs } = change
  const [first, behind] = [at + Math.min(beforeMs, afterMs), at + Math.max(beforeMs, afterMs)]
  const local = occurrencesBetween({ ...schedule, tz: "UTC" }, first - 1, behind - 1)
  if (local === undefined) return []
  const { name } = state.context.definition
  const touched = afterMs > beforeMs ? leftOut(schedule, at) : repeated(schedule, change)
  return [{ jobId, name, tz: schedule.tz, at, ...timesOf(local), ...touched }]
}

const timesOf = ({ first, last, count }: Occurrences) => ({ from: first, to: last, count })

type Touched = Pick<ChangedTimes, "kind" | "dueAt" | "isDueTwice">

const leftOut = (schedule: Cron, at: EpochMs): Touched => ({
  kind: "left-out",
  dueAt: nextDue(schedule, at - 1) ?? null,
  isDueTwice: false,
})

const repeated = (schedule: Cron, { at, beforeMs, afterMs }: ClockChange): Touched => {
  const lengthMs = beforeMs - afterMs
  const again = occurrencesBetween(schedule, at - 1, at + lengthMs - 1)
  return {
    kind: "repeated",
    dueAt: nextDue(schedule, at - lengthMs - 1) ?? null,
    isDueTwice: again !== undefined,
  }
}

const remembering = <Value>(make: (key: string) => Value): ((key: string) => Value) => {
  const known = new Map<string, Value>()
  return (key) => {
    const value = known.get(key) ?? make(key)
    known.set(key, value)
    return value
  }
}
