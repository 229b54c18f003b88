import type { FactOf, JobFact } from "../../events/fact.ts"
import type { Plan } from "../../events/plan.ts"
import type { EpochMs } from "../../events/time.ts"
import type { DecideContext } from "../command.ts"
import type { JobContext } from "../state.ts"
import { alertsOf } from "./alerts.ts"
import { endOf } from "./catch-up.ts"
import { anyOpenRun } from "./decision.ts"
import { backlogSkipped, dueSpan, givenUp, overdueSpan, skipped, type Span } from "./overdue.ts"
import { overlapOf } from "./overlap.ts"
import type { Settled } from "./settled.ts"

/**
 * What follows when the last open run has ended: who is told, what passed meanwhile, and then exactly
 * one of `job.rescheduled`, `retry.planned`, `job.disabled` and `job.removed`.
 */
export const settlement = (settled: Settled, asked: DecideContext): ReadonlyArray<JobFact> => {
  const { context } = settled.state
  if (anyOpenRun(context) !== undefined) return []
  const facts = following(settled, asked)
  return [...alertsOf(settled, { facts, now: asked.now }), ...facts]
}

const following = (settled: Settled, asked: DecideContext): ReadonlyArray<JobFact> => {
  const ending = endingOf(settled)
  if (ending !== undefined) return ended(settled, ending, asked)
  const retry = retryOf(settled, overdueSpan(settled.state.context, asked.now))
  return retry === undefined ? waitsAgain(settled, asked) : [retry]
}

type Ending = FactOf<"job.disabled"> | FactOf<"job.removed">

/** Nothing of what waits or has come due will run any more. */
const ended = (settled: Settled, ending: Ending, asked: DecideContext): ReadonlyArray<JobFact> => {
  const { context } = settled.state
  const gone = ending.type === "job.removed" ? "removed" : "disabled"
  if (context.paused || planStands(settled, asked)) {
    return [...givenUp(context, asked.now, gone), ending]
  }
  const passed = skipped(dueSpan(context, asked.now), "overlap")
  return [...backlogSkipped(context, gone), ...passed, ending]
}

/** The next occurrence, or the end when there is none. */
const waitsAgain = (settled: Settled, asked: DecideContext): ReadonlyArray<JobFact> => {
  const { context } = settled.state
  const { plan } = context
  if (plan === null) return [lastOf(settled)]
  if (isSpent(context)) return spent(settled, asked)
  if (context.paused || planStands(settled, asked))
    return [rescheduled(context, heldBack(settled, plan))]
  if (overdueSpan(context, asked.now) === undefined) {
    return [rescheduled(context, heldBack(settled, plan))]
  }
  const overlapped = overlapOf({ ...context, plan }, asked)
  return [
    ...overlapped.facts,
    overlapped.plan === undefined
      ? disabled(context, endOf(context, overlapped.last))
      : rescheduled(context, heldBack(settled, overlapped.plan)),
  ]
}

/** A job that has run as often as it may is over, whatever is planned or waits. */
const spent = ({ state: { context } }: Settled, asked: DecideContext): ReadonlyArray<JobFact> => [
  ...givenUp(context, asked.now, "window"),
  disabled(context, "ended"),
]

const isSpent = ({ definition, claimedCount }: JobContext): boolean =>
  claimedCount >= (definition.policy.runsMax ?? Infinity)

/**
 * Whether what came due during the run is still to be started: it waited before the run began, or
 * behind one by hand; nobody was there to start it; or catch-up wants each one.
 */
const planStands = (
  { run, how, state: { context } }: Settled,
  { upSince }: DecideContext,
): boolean => {
  if (run.trigger === "manual" || how === "interrupted") return true
  const { plan, definition } = context
  if (plan === null || plan.wakeAt < run.startedAt) return true
  return definition.policy.catchUp.mode === "all" && plan.wakeAt < upSince
}

/** Until a quota is back, trying is in vain: the plan wakes no earlier than that. */
const heldBack = ({ quotaUntil }: Settled, plan: Plan): Plan =>
  quotaUntil === undefined || plan.wakeAt >= quotaUntil ? plan : { ...plan, wakeAt: quotaUntil }

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
  run.trigger !== "manual" && run.revision >= state.context.scheduleRevision

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
  if (!isOneShot || how === "cancelled") {
    return disabled(context, endOf(context, context.accountedAt ?? settled.run.dueAt))
  }
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
