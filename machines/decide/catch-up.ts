import type { FactOf, JobFact } from "../../events/fact.ts"
import type { Plan } from "../../events/plan.ts"
import type { SkipReason } from "../../events/run.ts"
import type { EpochMs } from "../../events/time.ts"
import { firstOfLast } from "../backlog.ts"
import type { DecideContext } from "../command.ts"
import { nextDue, occurrencesBetween } from "../next-due.ts"
import type { JobContext } from "../state.ts"
import { allButLast, awakeSpan, skipped, spanOf, type Span } from "./overdue.ts"
import { planAfter, wakeAtOf } from "./planning.ts"

/** A job whose planned occurrence this is about. */
export type Planned = JobContext & { readonly plan: Plan }

/** Which occurrence starts now, and the plan that follows it. */
export interface Start {
  readonly revision: Plan["revision"]
  readonly dueAt: EpochMs
  readonly plan: Plan | null
}

/** What is recorded before anything starts, and what starts: nothing, where none of it is to run. */
export interface CaughtUp {
  readonly facts: ReadonlyArray<JobFact>
  readonly start?: Start
}

/** Nobody runs any of it up to `upTo`: a span with the reason, and the next plan or the end. */
export const passedOver = (
  context: Planned,
  { upTo, reason }: { readonly upTo: EpochMs; readonly reason: SkipReason },
  { planner }: DecideContext,
): ReadonlyArray<JobFact> => {
  const span = awakeSpan(context, context.plan, upTo)
  return [...skipped(span, reason), replannedAfter(context, span.last, planner)]
}

/** What was missed is skipped; what came due since the clock is up is only late, and stays planned. */
export const noneOf = (context: Planned, asked: DecideContext): ReadonlyArray<JobFact> => {
  const upTo = Math.min(asked.now, asked.upSince - 1)
  return passedOver(context, { upTo, reason: "downtime" }, asked)
}

/** All that was missed is skipped but for the last, which starts now, unless the window is shorter. */
export const latestOf = (context: Planned, asked: DecideContext): CaughtUp => {
  const { plan } = context
  const span = awakeSpan(context, plan, asked.now)
  if (span.last < windowFrom(context, asked)) return tooLongAgo(context, span, asked)
  return {
    facts: skipped(allButLast(context, plan, span), "downtime"),
    start: startOf(context, span.last, asked),
  }
}

/**
 * Each one that was missed runs, one after the other, as far as the window and the maximum go: the
 * first of them starts now, and all of them wait until they had their turn.
 */
export const allOf = (context: Planned, asked: DecideContext): CaughtUp => {
  const { plan } = context
  const span = awakeSpan(context, plan, asked.now)
  const from = keptFrom(context, span, asked)
  if (from === undefined) return tooLongAgo(context, span, asked)
  const before = from > plan.dueAt ? spanOf(context, plan, from - 1) : undefined
  const facts = skipped(before, "window")
  const waiting = queueOf(context, { from, last: span.last }, asked)
  if (waiting === undefined) return { facts, start: startOf(context, span.last, asked) }
  const { queued, next } = waiting
  const replanned = replannedTo(next, plan.dueAt)
  const start = { revision: plan.revision, dueAt: from, plan: next }
  return { facts: [...facts, queued, replanned], start }
}

/** What follows when everything up to `last` is accounted for and no run is open: a plan, or the end. */
export const replannedAfter = (
  context: Planned,
  last: EpochMs,
  planner: string,
): FactOf<"job.replanned"> | FactOf<"job.disabled"> => {
  const previousDueAt = context.plan.dueAt
  const plan = planAfter(context, last, planner)
  if (plan !== undefined) return replannedTo(plan, previousDueAt)
  return { type: "job.disabled", reason: endOf(context, last), previousDueAt }
}

/** Why nothing comes after `last`: the bounds of the job, or its schedule. */
export const endOf = (
  { definition }: Pick<JobContext, "definition">,
  last: EpochMs,
): "ended" | "exhausted" =>
  nextDue(definition.schedule, last) === undefined ? "exhausted" : "ended"

const replannedTo = (plan: Plan, previousDueAt: EpochMs): FactOf<"job.replanned"> => ({
  type: "job.replanned",
  plan,
  previousDueAt,
  reason: "skipped",
})

const tooLongAgo = (context: Planned, span: Span, { planner }: DecideContext): CaughtUp => ({
  facts: [...skipped(span, "window"), replannedAfter(context, span.last, planner)],
})

/** The first attempt at `dueAt`, and with it the plan of the one after it. */
export const startOf = (context: Planned, dueAt: EpochMs, { planner }: DecideContext): Start => {
  const claimed = { ...context, claimedCount: context.claimedCount + 1 }
  return {
    revision: context.plan.revision,
    dueAt,
    plan: planAfter(claimed, dueAt, planner) ?? null,
  }
}

const windowFrom = ({ definition }: JobContext, { now }: DecideContext): EpochMs => {
  const { windowMs } = definition.policy.catchUp
  return windowMs === undefined ? -Infinity : now - windowMs
}

/** The first occurrence of a span that is to run; undefined: none of them. */
const keptFrom = (context: Planned, span: Span, asked: DecideContext): EpochMs | undefined => {
  const { schedule, policy } = context.definition
  const windowAt = windowFrom(context, asked)
  const first = windowAt <= span.first ? span.first : nextDue(schedule, windowAt - 1)
  if (first === undefined || first > span.last) return undefined
  const left = (policy.runsMax ?? Infinity) - context.claimedCount
  const countMax = Math.min(policy.catchUp.countMax ?? Infinity, left)
  return firstOfLast(schedule, { first, last: span.last }, countMax)
}

/**
 * The span that waits, and the plan behind it. A job always has something planned: where nothing comes
 * any more, the last occurrence is that, and only those before it wait.
 */
const queueOf = (
  context: Planned,
  { from, last }: { readonly from: EpochMs; readonly last: EpochMs },
  { planner }: DecideContext,
): { readonly queued: FactOf<"occurrences.queued">; readonly next: Plan } | undefined => {
  const { revision } = context.plan
  const { schedule } = context.definition
  const next = planAfter(context, last, planner)
  if (next !== undefined) return { queued: queuedFact(context, from, last), next }
  const earlier = occurrencesBetween(schedule, from - 1, last - 1)
  if (earlier === undefined) return undefined
  const after = earlier.last
  const wakeAt = wakeAtOf(context, last)
  const itself = { revision, after, dueAt: last, wakeAt, planner }
  return { queued: queuedFact(context, from, after), next: itself }
}

/** The fact that the occurrences from `from` to `to` wait for their turn. */
const queuedFact = (
  { plan, definition }: Planned,
  from: EpochMs,
  to: EpochMs,
): FactOf<"occurrences.queued"> => {
  const count = occurrencesBetween(definition.schedule, from - 1, to)?.count ?? null
  const { revision } = plan
  return { type: "occurrences.queued", revision, from, to, count, cause: "catch-up" }
}
