import { stateName } from "../../machines/state.ts"
import type {
  Collision,
  JobSummary,
  NeverReason,
  SimulatedRun,
  SkippedSpan,
} from "./simulate-answer.ts"
import type { LiveJob } from "./simulate-jobs.ts"

interface Happened {
  readonly runs: ReadonlyArray<SimulatedRun>
  readonly skipped: ReadonlyArray<SkippedSpan>
}

/** What became of each job, in the order in which they were given. */
export const summaries = (
  jobs: ReadonlyArray<LiveJob>,
  { runs, skipped }: Happened,
): ReadonlyArray<JobSummary> => {
  const runsOf = Map.groupBy(runs, ({ jobId }) => jobId)
  const skippedOf = Map.groupBy(skipped, ({ jobId }) => jobId)
  return jobs.map((job) =>
    summary(job, { runs: runsOf.get(job.jobId) ?? [], skipped: skippedOf.get(job.jobId) ?? [] }),
  )
}

/** Jobs that were due at the same instant: as many as started an occurrence of it. */
export const collisionsOf = (runs: ReadonlyArray<SimulatedRun>): ReadonlyArray<Collision> => {
  const jobIdsAt = new Map<number, Array<string>>()
  for (const { dueAt, jobId, attempt, trigger } of runs) {
    if (attempt > 1 || trigger === "manual") continue
    const jobIds = jobIdsAt.get(dueAt)
    if (jobIds === undefined) jobIdsAt.set(dueAt, [jobId])
    else jobIds.push(jobId)
  }
  return [...jobIdsAt]
    .filter(([, jobIds]) => jobIds.length > 1)
    .map(([dueAt, jobIds]) => ({ dueAt, jobIds }))
    .toSorted((one, other) => one.dueAt - other.dueAt)
}

/** What a span counts for that holds more than a thousand. */
const uncounted = 1_001

const summary = (job: LiveJob, { runs, skipped }: Happened): JobSummary => {
  const { value, context } = job.state
  const { name, schedule } = context.definition
  return {
    jobId: job.jobId,
    name,
    schedule,
    firstDueAt: runs[0]?.dueAt ?? null,
    runsCount: runs.length,
    failedCount: runs.filter(hasFailed).length,
    skippedCount: skipped.reduce((sum, { count }) => sum + (count ?? uncounted), 0),
    lateMsMax: runs.reduce((most, { lateMs }) => Math.max(most, lateMs), 0),
    state: stateName(value),
    disabledReason: context.disabledReason,
    plannedAt: context.plan?.dueAt ?? null,
    never: runs.length > 0 ? null : neverOf(job, skipped),
  }
}

const hasFailed = ({ outcome }: SimulatedRun): boolean =>
  outcome !== "succeeded" && outcome !== "open"

const neverOf = ({ state }: LiveJob, skipped: ReadonlyArray<SkippedSpan>): NeverReason => {
  const { plan, disabledReason, openRuns } = state.context
  if (skipped.length > 0) return "skipped"
  if (disabledReason !== null) return "disabled"
  if (Object.keys(openRuns).length > 0) return "waiting"
  return plan === null ? "nothing-planned" : "later"
}
