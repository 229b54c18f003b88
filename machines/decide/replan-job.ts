import { Result } from "effect"
import type { FactOf } from "../../events/fact.ts"
import type { DecideContext, ReplanJob } from "../command.ts"
import type { JobState } from "../state.ts"
import type { Planned } from "./catch-up.ts"
import { nothing, records, type Decision } from "./decision.ts"
import { backlogSkipped } from "./overdue.ts"
import { freshPlan, occurrenceAfter, planAfter } from "./planning.ts"

/**
 * The plan is computed anew, because the clock was set by hours or there is new zone data. Only where
 * that comes to another time it is recorded, under a new revision. What was due before stays due: it
 * runs, or catch-up decides.
 */
export const replanJob = (
  { value, context }: JobState,
  { reason }: ReplanJob,
  asked: DecideContext,
): Decision => {
  const { plan, disabledReason } = context
  const isOpen = value === "running.removing" || value === "running.disabling"
  if (plan === null || disabledReason !== null || isOpen) return nothing
  if (context.definition.schedule.type === "at" || plan.dueAt <= asked.now) return nothing
  const planned = { ...context, plan }
  return reason === "zone-data" ? byZoneData(planned, asked) : byClock(planned, asked)
}

/** The same link of the chain, computed by another planner: `after` is where it was. */
const byZoneData = (context: Planned, { planner }: DecideContext): Decision => {
  const { plan } = context
  const dueAt = occurrenceAfter(context, plan.after)
  if (dueAt === undefined || dueAt === plan.dueAt) return nothing
  const next = planAfter({ ...context, revision: context.revision + 1 }, plan.after, planner)
  return next === undefined ? nothing : records(replanned(context, next, "zone-data"))
}

/** The plan was made on a clock that was wrong: it begins afresh on the one that is right. */
const byClock = (context: Planned, asked: DecideContext): Decision => {
  const fresh = freshPlan({ ...context, revision: context.revision + 1 }, asked)
  if (Result.isFailure(fresh) || fresh.success.dueAt === context.plan.dueAt) return nothing
  return records(
    ...futureSkipped(context, asked),
    replanned(context, fresh.success, "clock-jumped"),
  )
}

/** What a wrong clock had queued is not due yet, and would keep what is due now from starting. */
const futureSkipped = (
  context: Planned,
  { now }: DecideContext,
): ReturnType<typeof backlogSkipped> =>
  context.backlog.some(({ to }) => to > now) ? backlogSkipped(context, "clock-jumped") : []

const replanned = (
  { plan }: Planned,
  next: FactOf<"job.replanned">["plan"],
  reason: FactOf<"job.replanned">["reason"],
): FactOf<"job.replanned"> => ({
  type: "job.replanned",
  plan: next,
  previousDueAt: plan.dueAt,
  reason,
})
