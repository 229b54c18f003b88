import type { FactOf, JobFact } from "../../events/fact.ts"
import type { EpochMs } from "../../events/time.ts"
import type { DecideContext } from "../command.ts"
import type { JobContext, JobState, OpenRun } from "../state.ts"
import { anyOpenRun } from "./decision.ts"
import { overdueSpan, skipped, type Span } from "./overdue.ts"
import { planAfter } from "./planning.ts"

/** A run that has just ended. */
export interface Settled {
  readonly run: OpenRun
  /** The job with the outcome folded in. */
  readonly state: JobState
  readonly how: "succeeded" | "failed" | "timed-out" | "cancelled" | "interrupted"
  /** When to try again, if trying again can help and is wanted. */
  readonly retryAt: EpochMs | undefined
}

/**
 * What follows when the last open run has ended: what passed meanwhile is accounted for, and then
 * exactly one of `job.rescheduled`, `retry.planned`, `job.disabled` and `job.removed`.
 */
export const settlement = (settled: Settled, asked: DecideContext): ReadonlyArray<JobFact> => {
  const { context } = settled.state
  if (anyOpenRun(context) !== undefined) return []
  const span = overdueSpan(context, asked.now)
  const ending = endingOf(settled)
  if (ending !== undefined) return ended(settled, { span, ending }, asked)
  const retry = retryOf(settled, span)
  return retry === undefined ? waitsAgain(settled, span, asked) : [retry]
}

type Ending = FactOf<"job.disabled"> | FactOf<"job.removed">

const ended = (
  settled: Settled,
  { span, ending }: { readonly span: Span | undefined; readonly ending: Ending },
  asked: DecideContext,
): ReadonlyArray<JobFact> => {
  const gone = ending.type === "job.removed" ? "removed" : "disabled"
  return [...skipped(span, planStands(settled, asked) ? gone : "overlap"), ending]
}

/** The next occurrence, or the end when there is none. */
const waitsAgain = (
  settled: Settled,
  span: Span | undefined,
  asked: DecideContext,
): ReadonlyArray<JobFact> => {
  const { context } = settled.state
  if (context.plan !== null && planStands(settled, asked))
    return [rescheduled(context, context.plan)]
  const plan = span === undefined ? context.plan : planAfter(context, span.last, asked.planner)
  const after = plan ? rescheduled(context, plan) : lastOf(settled)
  return [...skipped(span, "overlap"), after]
}

/**
 * Whether what came due during the run is still to be started: it waited behind a manual run, nobody
 * was there to start it, or catch-up wants each one.
 */
const planStands = (
  { run, how, state: { context } }: Settled,
  { upSince }: DecideContext,
): boolean => {
  if (run.trigger === "manual" || how === "interrupted") return true
  const { plan, definition } = context
  return definition.policy.catchUp.mode === "all" && plan !== null && plan.wakeAt < upSince
}

/** The end of the job, where one was asked for or earned. */
const endingOf = (settled: Settled): Ending | undefined => {
  const { value, context } = settled.state
  if (value === "running.removing") return removed(context, "manual")
  if (value === "running.disabling") return disabled(context, "manual")
  if (context.disabledReason !== null) return disabled(context, context.disabledReason)
  if (failedTooOften(settled)) return disabled(context, "failures")
  return isDoneForGood(settled) ? removed(context, "delete-after-run") : undefined
}

const failedTooOften = ({ how, state: { context } }: Settled): boolean => {
  const { disableAfterFailures } = context.definition.policy
  const hasFailed = how === "failed" || how === "timed-out"
  // Zero: never.
  return hasFailed && disableAfterFailures > 0 && context.failuresInRow >= disableAfterFailures
}

const isDoneForGood = (settled: Settled): boolean =>
  settled.how === "succeeded" &&
  isOfPlan(settled) &&
  settled.state.context.definition.deleteAfterRun

/** A run of the schedule as it is now: not one by hand, and not one that a new schedule has overtaken. */
const isOfPlan = ({ run, state }: Settled): boolean =>
  run.trigger !== "manual" && run.revision === state.context.revision

/** The same occurrence again, as long as the natural next is later than that. */
const retryOf = (settled: Settled, span: Span | undefined): FactOf<"retry.planned"> | undefined =>
  settled.run.trigger === "manual" ? waitingRetry(settled, span) : nextAttempt(settled)

/** A retry that waited behind a manual run goes on waiting, unless the natural next has come. */
const waitingRetry = (
  { state }: Settled,
  span: Span | undefined,
): FactOf<"retry.planned"> | undefined => {
  const { retry } = state.context
  return retry === null || span !== undefined ? undefined : { type: "retry.planned", ...retry }
}

const nextAttempt = (settled: Settled): FactOf<"retry.planned"> | undefined => {
  const { run, how, retryAt, state } = settled
  const { plan, definition } = state.context
  if (how === "succeeded" || how === "cancelled" || retryAt === undefined) return undefined
  // Nothing wakes before its due time, not even when the clock was set back during the run.
  const wakeAt = Math.max(retryAt, run.dueAt)
  const isLast = run.attempt >= definition.policy.retry.attemptsMax
  const comesTooLate = plan !== null && plan.dueAt <= wakeAt
  if (isLast || comesTooLate || !isOfPlan(settled)) return undefined
  const { revision, dueAt, attempt } = run
  const again = { revision, dueAt, attempt: attempt + 1, wakeAt, reason: how }
  return { type: "retry.planned", ...again }
}

const lastOf = (settled: Settled): FactOf<"job.disabled"> => {
  const { how, state } = settled
  const { context } = state
  const isOneShot = context.definition.schedule.type === "at" && isOfPlan(settled)
  if (!isOneShot || how === "cancelled") return disabled(context, "exhausted")
  return disabled(context, how === "succeeded" ? "one-shot-done" : "failures")
}

const rescheduled = (
  context: JobContext,
  plan: FactOf<"job.rescheduled">["plan"],
): FactOf<"job.rescheduled"> => ({ type: "job.rescheduled", plan, previousDueAt: dueAtOf(context) })

const disabled = (
  context: JobContext,
  reason: FactOf<"job.disabled">["reason"],
): FactOf<"job.disabled"> => ({ type: "job.disabled", reason, previousDueAt: dueAtOf(context) })

const removed = (
  context: JobContext,
  reason: FactOf<"job.removed">["reason"],
): FactOf<"job.removed"> => ({ type: "job.removed", reason, previousDueAt: dueAtOf(context) })

const dueAtOf = ({ plan }: JobContext): EpochMs | null => plan?.dueAt ?? null
