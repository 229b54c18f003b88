import { Result } from "effect"
import type { Plan, Revision } from "../../events/plan.ts"
import type { Schedule } from "../../events/schedule.ts"
import type { EpochMs } from "../../events/time.ts"
import type { DecideContext } from "../command.ts"
import { nextDue } from "../next-due.ts"
import { Refusal } from "../refusal.ts"
import type { JobContext } from "../state.ts"
import { instant } from "./decision.ts"

/** The plan that follows once everything up to `after` is accounted for; undefined: there is none. */
export const planAfter = (
  { definition, revision }: Pick<JobContext, "definition" | "revision">,
  after: EpochMs,
  planner: string,
): Plan | undefined => {
  const dueAt = nextDue(definition.schedule, after)
  return dueAt === undefined ? undefined : { revision, after, dueAt, wakeAt: dueAt, planner }
}

/** A way of planning that begins now: a new job, a new schedule, an enable. */
export interface FreshStart {
  readonly schedule: Schedule
  readonly revision: Revision
  /** What was claimed or skipped under any former schedule of the job. */
  readonly accountedAt: EpochMs | null
}

/**
 * The first plan of a fresh start, or why there is none. What was accounted for is not planned again,
 * even when the clock was set back, unless it lies so far ahead that the clock must have been wrong.
 */
export const freshPlan = (
  { schedule, revision, accountedAt }: FreshStart,
  { now, planner }: DecideContext,
): Result.Result<Plan, Refusal> => {
  const trusted = accountedAt !== null && accountedAt - now <= aheadMsMax ? accountedAt : null
  if (schedule.type === "at" && trusted !== null && schedule.at <= trusted) {
    return Result.fail(accountedFor(schedule.at, trusted))
  }
  const after = schedule.type === "at" ? schedule.at - 1 : Math.max(now, trusted ?? now)
  const dueAt = nextDue(schedule, after)
  if (dueAt === undefined) return Result.fail(neverFires(schedule, after))
  return Result.succeed({ revision, after, dueAt, wakeAt: Math.max(dueAt, now), planner })
}

/** How far ahead of now an accounted due time may lie and still be taken for one. */
const aheadMsMax = 3 * 3_600_000

const accountedFor = (at: EpochMs, accountedAt: EpochMs): Refusal =>
  new Refusal({
    code: "in-past",
    message: `This job is accounted for up to ${instant(accountedAt)}, and ${instant(at)} is not later.`,
    received: at,
    expected: `a time after ${instant(accountedAt)}`,
    hint: "Give a later time, or run the job by hand.",
  })

const neverFires = (schedule: Schedule, after: EpochMs): Refusal =>
  new Refusal({
    code: "never-fires",
    message: `The schedule would never fire after ${instant(after)}.`,
    received: schedule,
    expected: "a schedule with an occurrence still to come",
    hint: "Change the schedule; `horolog next` shows when one would fire.",
  })
