import type { JobFact } from "../../events/fact.ts"
import type { EpochMs } from "../../events/time.ts"
import type { DecideContext, PauseJob, ResumeJob } from "../command.ts"
import { isWaiting, type JobContext, type JobState } from "../state.ts"
import { replannedAfter } from "./catch-up.ts"
import { anyOpenRun, instant, nothing, records, refuse, type Decision } from "./decision.ts"
import { dueSpan, overdueSpan, skipped } from "./overdue.ts"
import { planAfter } from "./planning.ts"

/** The job fires no more until it is resumed. An open run is left to end. */
export const pauseJob = (
  { value, context }: JobState,
  { jobId, until }: PauseJob,
  asked: DecideContext,
): Decision => {
  if (until !== undefined && until <= asked.now) return inPast(until, asked.now)
  if (context.disabledReason !== null || value === "running.disabling") return fires(jobId)
  const wanted = until ?? null
  if (context.paused && context.pausedUntil === wanted) return nothing
  return records(...passedInRun(context, asked), { type: "job.paused", until: wanted })
}

/** The job fires again. What passed meanwhile is skipped; what comes at the end of a pause is not. */
export const resumeJob = (
  { value, context }: JobState,
  { jobId }: ResumeJob,
  asked: DecideContext,
): Decision => {
  const { paused, pausedUntil } = context
  if (!paused) return nothing
  const isOver = pausedUntil !== null && pausedUntil <= asked.now
  if (asked.by.kind === "clock" && !isOver) return tooEarly(jobId, pausedUntil, asked.now)
  return records(...resumed({ value, context }, isOver ? pausedUntil - 1 : asked.now, asked))
}

/** A job that was paused goes on: what its own command knows already stays as it is. */
export const resumedWith = (context: JobContext): ReadonlyArray<JobFact> =>
  context.paused ? [{ type: "job.resumed", plan: context.plan }] : []

const resumed = (
  { value, context }: JobState,
  upTo: EpochMs,
  asked: DecideContext,
): ReadonlyArray<JobFact> => {
  const { plan } = context
  const span = dueSpan(context, upTo)
  // A disabled job has no plan: it fires again when it is enabled.
  if (plan === null || span === undefined) return [{ type: "job.resumed", plan }]
  const next = planAfter(context, span.last, asked.planner)
  if (next !== undefined) return [...skipped(span, "paused"), { type: "job.resumed", plan: next }]
  // While a run is open nothing may end the job: its settlement will.
  return isWaiting(value) && context.backlog.length === 0
    ? [...skipped(span, "paused"), replannedAfter({ ...context, plan }, span.last, asked.planner)]
    : [{ type: "job.resumed", plan }]
}

/** What came due during the open run and before the pause did not run because of that run. */
const passedInRun = (context: JobContext, asked: DecideContext): ReadonlyArray<JobFact> => {
  const run = anyOpenRun(context)
  const { plan, definition } = context
  const isOverlap = run !== undefined && run.trigger !== "manual"
  if (!isOverlap || definition.policy.overlap !== "skip" || plan === null) return []
  const span = plan.wakeAt < run.startedAt ? undefined : overdueSpan(context, asked.now)
  const next = span === undefined ? undefined : planAfter(context, span.last, asked.planner)
  if (next === undefined) return []
  const replanned = { type: "job.replanned", plan: next, previousDueAt: plan.dueAt } as const
  return [...skipped(span, "overlap"), { ...replanned, reason: "skipped" }]
}

const inPast = (until: EpochMs, now: EpochMs): Decision =>
  refuse({
    code: "in-past",
    message: `A pause until ${instant(until)} is over already: it is now ${instant(now)}.`,
    received: until,
    expected: "a time that is still to come, or none",
    hint: "Give a later time, or leave it out to pause until somebody resumes.",
  })

const fires = (jobId: string): Decision =>
  refuse({
    code: "invalid-input",
    message: `Job ${jobId} is disabled: it fires nothing that could be paused.`,
    received: jobId,
    expected: "an enabled job",
    hint: "Leave it disabled, or enable it first.",
  })

const tooEarly = (jobId: string, until: EpochMs | null, now: EpochMs): Decision =>
  refuse({
    code: "not-due",
    message: `The pause of job ${jobId} is not over.`,
    received: now,
    expected: until === null ? "a person who resumes it" : `a time from ${instant(until)} on`,
    hint: "Wait until then.",
  })
