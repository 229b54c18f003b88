import { Schema } from "effect"
import { DurationMs, EpochMs } from "../../events/time.ts"
import { scheduleWords } from "../../machines/schedule-words.ts"
import type { JobSummary, Simulated } from "../inspect/simulate.ts"
import { snakeKeys } from "./json-keys.ts"
import { Moment, toMoment } from "./moment.ts"

const named = { job_id: Schema.String, name: Schema.String } as const
const count = Schema.NullOr(Schema.Int)

const JobThen = Schema.Struct({
  ...named,
  /** A plain sentence. */
  schedule: Schema.String,
  zone: Schema.String,
  /** The first due time at which it ran. */
  first: Schema.NullOr(Moment),
  runs: Schema.Int,
  failed: Schema.Int,
  skipped: Schema.Int,
  late_ms_max: DurationMs,
  /** At the end. */
  state: Schema.String,
  disabled_reason: Schema.NullOr(Schema.String),
  next_due_at: Schema.NullOr(EpochMs),
  /** Why it did not run: disabled, nothing-planned, later, skipped, waiting; null when it did. */
  never: Schema.NullOr(Schema.String),
})
export type JobThen = typeof JobThen.Type

const Run = Schema.Struct({
  ...named,
  run_id: Schema.String,
  due_at: EpochMs,
  started_at: EpochMs,
  ended_at: Schema.NullOr(EpochMs),
  trigger: Schema.String,
  attempt: Schema.Int,
  late_ms: DurationMs,
  waited_ms: DurationMs,
  outcome: Schema.String,
})

const Span = Schema.Struct({
  ...named,
  from: EpochMs,
  to: EpochMs,
  /** Null beyond a thousand. */
  count,
  reason: Schema.String,
})

const Changed = Schema.Struct({
  ...named,
  tz: Schema.String,
  at: EpochMs,
  /** left-out or repeated. */
  kind: Schema.String,
  /** Local times, counted as if they were UTC. */
  from: EpochMs,
  to: EpochMs,
  count,
  due_at: Schema.NullOr(EpochMs),
  is_due_twice: Schema.Boolean,
})

export const SimulateAnswer = Schema.Struct({
  from: EpochMs,
  to: EpochMs,
  max_concurrent: Schema.Int,
  totals: Schema.Struct({
    jobs: Schema.Int,
    runs: Schema.Int,
    failed: Schema.Int,
    skipped: Schema.Int,
    /** Runs that waited for a slot, and the longest of these waits. */
    waited: Schema.Int,
    waited_ms_max: DurationMs,
    collisions: Schema.Int,
    never: Schema.Int,
  }),
  jobs: Schema.Array(JobThen),
  /** The highest first, ten at most. */
  peaks: Schema.Array(
    Schema.Struct({ at: EpochMs, count: Schema.Int, job_ids: Schema.Array(Schema.String) }),
  ),
  /** Of each of these lists the first `limit`; whether that was all of each. */
  complete: Schema.Boolean,
  runs: Schema.Array(Run),
  skipped: Schema.Array(Span),
  /** The biggest first. */
  collisions: Schema.Array(
    Schema.Struct({ due_at: EpochMs, job_ids: Schema.Array(Schema.String) }),
  ),
  changes: Schema.Array(Changed),
})
export type SimulateAnswer = typeof SimulateAnswer.Type

/** What a simulation came to, as faces show it. */
export const simulateAnswer = (simulated: Simulated, limit: number): SimulateAnswer => {
  const { from, to, maxConcurrent, jobs, runs, skipped, peaks, collisions, changes } = simulated
  const biggest = collisions.toSorted((one, other) => other.jobIds.length - one.jobIds.length)
  const lists = [runs, skipped, collisions, changes]
  return {
    from,
    to,
    max_concurrent: maxConcurrent,
    totals: totalsOf(simulated),
    jobs: jobs.map(jobThen),
    peaks: inSnakeCase(peaks),
    complete: lists.every(({ length }) => length <= limit),
    runs: inSnakeCase(runs.slice(0, limit)),
    skipped: inSnakeCase(skipped.slice(0, limit)),
    collisions: inSnakeCase(biggest.slice(0, limit)),
    changes: inSnakeCase(changes.slice(0, limit)),
  }
}

const inSnakeCase = <Row>(rows: ReadonlyArray<object>): ReadonlyArray<Row> =>
  rows.map((row) => snakeKeys(row) as Row)

const totalsOf = ({ jobs, runs, collisions }: Simulated): SimulateAnswer["totals"] => {
  const sum = (of: (job: JobSummary) => number) => jobs.reduce((all, job) => all + of(job), 0)
  const waits = runs.map(({ waitedMs }) => waitedMs).filter((waitedMs) => waitedMs > 0)
  return {
    jobs: jobs.length,
    runs: runs.length,
    failed: sum(({ failedCount }) => failedCount),
    skipped: sum(({ skippedCount }) => skippedCount),
    waited: waits.length,
    waited_ms_max: waits.reduce((most, waitedMs) => Math.max(most, waitedMs), 0),
    collisions: collisions.length,
    never: jobs.filter(({ never }) => never !== null).length,
  }
}

const jobThen = (job: JobSummary): JobThen => ({
  job_id: job.jobId,
  name: job.name,
  schedule: scheduleWords(job.schedule),
  zone: job.schedule.tz,
  first: job.firstDueAt === null ? null : toMoment(job.firstDueAt, job.schedule.tz),
  runs: job.runsCount,
  failed: job.failedCount,
  skipped: job.skippedCount,
  late_ms_max: job.lateMsMax,
  state: job.state,
  disabled_reason: job.disabledReason,
  next_due_at: job.plannedAt,
  never: job.never,
})
