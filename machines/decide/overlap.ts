import type { FactOf, JobFact } from "../../events/fact.ts"
import type { Plan } from "../../events/plan.ts"
import type { EpochMs } from "../../events/time.ts"
import type { DecideContext } from "../command.ts"
import type { Planned } from "./catch-up.ts"
import { allButLast, awakeSpan, skipped, spanOf, type Span } from "./overdue.ts"
import { planAfter, wakeAtOf } from "./planning.ts"

/** What becomes of the occurrences that came due while a run of the job was open, up to `last`. */
export interface Overlapped {
  readonly facts: ReadonlyArray<JobFact>
  readonly last: EpochMs
  /** What is planned then; undefined: nothing comes any more. */
  readonly plan: Plan | undefined
}

/**
 * `skip`: none of them runs. `queue-one`: the first of them takes the one place in the queue, and finds
 * it taken where one waits already. `cancel-previous`: the last of them starts.
 */
export const overlapOf = (context: Planned, asked: DecideContext): Overlapped => {
  const span = awakeSpan(context, context.plan, asked.now)
  switch (context.definition.policy.overlap) {
    case "skip":
      return skipAll(context, span, asked)
    case "queue-one":
      return hasQueued(context) ? skipAll(context, span, asked) : queueFirst(context, span, asked)
    case "cancel-previous":
      return keepLast(context, span, asked)
  }
}

const skipAll = (context: Planned, span: Span, { planner }: DecideContext): Overlapped => ({
  facts: skipped(span, "overlap"),
  last: span.last,
  plan: planAfter(context, span.last, planner),
})

const queueFirst = (context: Planned, span: Span, asked: DecideContext): Overlapped => {
  const { first, last, revision } = span
  const plan = planAfter(context, last, asked.planner)
  // A job always has something planned: where nothing comes any more, the last one of these is that.
  if (plan === undefined) return keepLast(context, span, asked)
  const queued: FactOf<"occurrences.queued"> = {
    type: "occurrences.queued",
    revision,
    from: first,
    to: first,
    count: 1,
    cause: "overlap",
  }
  return { facts: [queued, ...skipped(behindFirst(context, span, asked), "overlap")], last, plan }
}

const behindFirst = (
  context: Planned,
  { first, last }: Span,
  { planner }: DecideContext,
): Span | undefined => {
  const next = last > first ? planAfter(context, first, planner) : undefined
  return next === undefined ? undefined : spanOf(context, next, last)
}

const keepLast = (context: Planned, span: Span, { planner }: DecideContext): Overlapped => {
  const { plan } = context
  const earlier = allButLast(context, plan, span)
  if (earlier === undefined) return { facts: [], last: span.last, plan }
  const dueAt = span.last
  const kept = { revision: plan.revision, after: earlier.last, dueAt, planner }
  return {
    facts: skipped(earlier, "overlap"),
    last: span.last,
    plan: { ...kept, wakeAt: wakeAtOf(context, dueAt) },
  }
}

const hasQueued = ({ backlog }: Planned): boolean =>
  backlog.some(({ cause }) => cause === "overlap")
