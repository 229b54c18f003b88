import type { JobFact } from "../../events/fact.ts"
import type { Plan } from "../../events/plan.ts"
import type { SkipReason } from "../../events/run.ts"
import type { EpochMs } from "../../events/time.ts"
import { occurrencesBetween, type Occurrences } from "../next-due.ts"
import type { JobContext } from "../state.ts"

/** Occurrences of one revision, first and last included. */
export interface Span extends Occurrences {
  readonly revision: Plan["revision"]
}

/** What is due by `now` and was not started: from the planned occurrence on. */
export const overdueSpan = (context: JobContext, now: EpochMs): Span | undefined => {
  const { plan } = context
  if (plan === null || plan.dueAt > now) return undefined
  return spanOf(context, plan, now)
}

/** The occurrences from the planned one up to `upTo`; the plan's own when newer zone data knows none. */
export const spanOf = ({ definition }: JobContext, plan: Plan, upTo: EpochMs): Span => {
  const { revision, after, dueAt } = plan
  const found = occurrencesBetween(definition.schedule, after, upTo)
  if (found === undefined || found.last < dueAt) {
    return { revision, first: dueAt, last: dueAt, count: 1 }
  }
  return { ...found, revision, first: dueAt }
}

/** The fact that these occurrences will not run; none when there are none. */
export const skipped = (
  span: Span | undefined,
  reason: SkipReason,
): ReadonlyArray<Extract<JobFact, { readonly type: "occurrences.skipped" }>> => {
  if (span === undefined) return []
  const { revision, first, last, count } = span
  return [{ type: "occurrences.skipped", revision, from: first, to: last, count, reason }]
}
