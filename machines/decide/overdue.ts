import type { FactOf } from "../../events/fact.ts"
import type { Plan } from "../../events/plan.ts"
import type { SkipReason } from "../../events/run.ts"
import type { EpochMs } from "../../events/time.ts"
import { nextOfBacklog } from "../backlog.ts"
import { occurrencesBetween, type Occurrences } from "../next-due.ts"
import type { JobContext } from "../state.ts"
import { offsetOf } from "./planning.ts"

/** Occurrences of one revision, first and last included. */
export interface Span extends Occurrences {
  readonly revision: Plan["revision"]
}

type Skipped = FactOf<"occurrences.skipped">

/** What is due by `now` and was not started, from the planned occurrence on. */
export const dueSpan = (context: JobContext, now: EpochMs): Span | undefined => {
  const { plan } = context
  return plan === null || plan.dueAt > now ? undefined : spanOf(context, plan, now)
}

/** The same, but only what should have woken by `now` as well: jitter and quotas count. */
export const overdueSpan = (context: JobContext, now: EpochMs): Span | undefined => {
  const { plan } = context
  return plan === null || plan.wakeAt > now ? undefined : awakeSpan(context, plan, now)
}

/** The occurrences from the planned one up to the last that wakes by `now`. */
export const awakeSpan = (context: JobContext, plan: Plan, now: EpochMs): Span =>
  spanOf(context, plan, now - offsetOf(context))

/**
 * The occurrences from the planned one up to `upTo`, within the bounds of the job; the plan's own when
 * there is no other, as when newer zone data knows none.
 */
export const spanOf = ({ definition }: JobContext, plan: Plan, upTo: EpochMs): Span => {
  const { schedule, policy } = definition
  const { revision, dueAt } = plan
  // From the planned one itself: a beginning that was set since then does not make it another one.
  const found = occurrencesBetween(schedule, dueAt - 1, Math.min(upTo, policy.endAt ?? upTo))
  if (found === undefined || found.last < dueAt) {
    return { revision, first: dueAt, last: dueAt, count: 1 }
  }
  return { ...found, revision, first: dueAt }
}

/** The part of a span that lies before its last occurrence; none when there is only that one. */
export const allButLast = (context: JobContext, plan: Plan, { last }: Span): Span | undefined =>
  last > plan.dueAt ? spanOf(context, plan, last - 1) : undefined

/** The fact that these occurrences will not run; none when there are none. */
export const skipped = (span: Span | undefined, reason: SkipReason): ReadonlyArray<Skipped> => {
  if (span === undefined) return []
  const { revision, first, last, count } = span
  return [{ type: "occurrences.skipped", revision, from: first, to: last, count, reason }]
}

/** The facts that nothing of what waits will run. */
export const backlogSkipped = (
  { backlog, definition: { schedule } }: JobContext,
  reason: SkipReason,
): ReadonlyArray<Skipped> =>
  backlog.flatMap((waiting) => {
    const { revision, to } = waiting
    const from = nextOfBacklog(schedule, waiting)
    const count = from === to ? 1 : (occurrencesBetween(schedule, from - 1, to)?.count ?? null)
    return skipped({ revision, first: from, last: to, count }, reason)
  })

/**
 * All that is due and did not run, when the job is to fire no more or by another schedule: what waits,
 * and what has come due; while the job is paused, that is the reason.
 */
export const givenUp = (
  context: JobContext,
  now: EpochMs,
  reason: SkipReason,
): ReadonlyArray<Skipped> => [
  ...backlogSkipped(context, reason),
  ...skipped(dueSpan(context, now), context.paused ? "paused" : reason),
]
