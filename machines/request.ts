import type { EpochMs } from "../events/time.ts"
import { nextOfBacklog } from "./backlog.ts"
import type { CatchUpJob, ResumeJob, StartRun } from "./command.ts"
import type { JobContext, OpenRun } from "./state.ts"

/** What a waiting job asks for when its time has come; the engine adds the run's id. */
export type StartRequest = Omit<StartRun, "runId">

/** What a running job asks for when its next occurrence is not to wait. */
export interface CancelRequest {
  readonly type: "cancel-run"
  readonly jobId: JobContext["jobId"]
  readonly runId: OpenRun["runId"]
  readonly reason: string
}

/** There is nothing to ask for: the open run is let be. */
export interface NoRequest {
  readonly type: "let-be"
  readonly jobId: JobContext["jobId"]
}

/** What a job may ask for when it is told that it is due. */
export type JobRequest = StartRequest | CatchUpJob | ResumeJob | CancelRequest | NoRequest

/** When the alarm rings, and what it means for what should have woken before. */
export interface Ring {
  readonly at?: EpochMs
  readonly upSince?: EpochMs
  readonly resumedAt?: EpochMs
}

/** What a job asks for: to end its open run, to be resumed, to let pass what passed, or to start. */
export const requestOf = (context: JobContext, ring: Ring): JobRequest => {
  const { jobId, openRuns, plan, paused } = context
  const [run] = Object.values(openRuns)
  if (run !== undefined) return duringRun(context, run, ring)
  if (paused) return { type: "resume-job", jobId }
  return plan !== null && passes(context, ring)
    ? { type: "catch-up-job", jobId, revision: plan.revision, dueAt: plan.dueAt }
    : startRequest(context)
}

/** What goes first: the retry that is planned, then what was queued, then the next occurrence. */
export const startRequest = (context: JobContext): StartRequest => {
  const { jobId, revision, plan, retry, backlog, definition } = context
  const [queued] = backlog
  const waiting =
    queued === undefined
      ? plan
      : { revision: queued.revision, dueAt: nextOfBacklog(definition.schedule, queued) }
  // A waiting job always has one of these; without any, this is refused as stale and starts nothing.
  const next = retry ?? waiting ?? { revision, dueAt: 0 }
  const attempt = retry?.attempt ?? 1
  return { type: "start-run", jobId, revision: next.revision, dueAt: next.dueAt, attempt }
}

/** A run by hand stands in nobody's way, and what was queued is not given up for what comes next. */
export const yields = ({ definition, backlog }: JobContext, { trigger }: OpenRun): boolean =>
  definition.policy.overlap === "cancel-previous" && trigger !== "manual" && backlog.length === 0

const duringRun = (context: JobContext, run: OpenRun, { at = Infinity }: Ring): JobRequest => {
  const { jobId, plan } = context
  const isDue = plan !== null && plan.wakeAt <= at
  if (!isDue || !yields(context, run)) return { type: "let-be", jobId }
  const { runId } = run
  const reason = `cancel-previous: the occurrence of ${new Date(plan.dueAt).toISOString()} came due`
  return { type: "cancel-run", jobId, runId, reason }
}

/** Whether the planned occurrence has passed and is not to run, so that no slot is needed for it. */
const passes = (
  { plan, retry, backlog, definition }: JobContext,
  { upSince = 0, resumedAt = 0 }: Ring,
): boolean => {
  if (plan === null || retry !== null || backlog.length > 0) return false
  const isMissed = plan.wakeAt < upSince
  return plan.wakeAt < resumedAt || (isMissed && definition.policy.catchUp.mode === "none")
}
