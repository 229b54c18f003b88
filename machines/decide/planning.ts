import { Result } from "effect"
import type { JobDefinition } from "../../events/job.ts"
import type { Plan, Revision } from "../../events/plan.ts"
import type { EpochMs } from "../../events/time.ts"
import type { DecideContext } from "../command.ts"
import { jitterOf, wakeOf } from "../jitter.ts"
import { nextDue } from "../next-due.ts"
import { Refusal } from "../refusal.ts"
import type { JobContext } from "../state.ts"
import { instant } from "./decision.ts"

/** What a job's occurrences follow from: its schedule, its bounds, and how often it ran. */
export interface Planning {
  readonly jobId: JobContext["jobId"]
  readonly definition: Pick<JobDefinition, "schedule" | "policy">
  readonly claimedCount: number
}

/** The first occurrence after `after` within the bounds of the job; undefined: there is none. */
export const occurrenceAfter = (
  { definition: { schedule, policy }, claimedCount }: Planning,
  after: EpochMs,
): EpochMs | undefined => {
  const { startAt, endAt, runsMax } = policy
  if (runsMax !== undefined && claimedCount >= runsMax) return undefined
  const dueAt = nextDue(schedule, startAt === undefined ? after : Math.max(after, startAt - 1))
  return dueAt !== undefined && endAt !== undefined && dueAt > endAt ? undefined : dueAt
}

/** The plan that follows once everything up to `after` is accounted for; undefined: there is none. */
export const planAfter = (
  context: Planning & { readonly revision: Revision },
  after: EpochMs,
  planner: string,
): Plan | undefined => {
  const dueAt = occurrenceAfter(context, after)
  if (dueAt === undefined) return undefined
  return { revision: context.revision, after, dueAt, wakeAt: wakeAtOf(context, dueAt), planner }
}

/** When the occurrence of `dueAt` is to start, as the job's jitter has it. */
export const wakeAtOf = (context: Planning, dueAt: EpochMs): EpochMs => {
  const offsetMs = offsetOf(context)
  if (offsetMs === 0) return dueAt
  return wakeOf({ dueAt, followedAt: nextDue(context.definition.schedule, dueAt) }, offsetMs)
}

/** How long after a due time this job starts. */
export const offsetOf = ({ jobId, definition }: Planning): number =>
  jitterOf(jobId, definition.policy.jitterMs)

/** A way of planning that begins now: a new job, a new schedule, an enable. */
export interface FreshStart extends Planning {
  readonly revision: Revision
  /** What was claimed or skipped under any former schedule of the job. */
  readonly accountedAt: EpochMs | null
}

/**
 * The first plan of a fresh start, or why there is none. What was accounted for is not planned again,
 * even when the clock was set back, unless it lies so far ahead that the clock must have been wrong.
 */
export const freshPlan = (
  start: FreshStart,
  { now, planner }: DecideContext,
): Result.Result<Plan, Refusal> => {
  const { definition, revision, accountedAt } = start
  const { schedule } = definition
  const trusted = accountedAt !== null && accountedAt - now <= aheadMsMax ? accountedAt : null
  if (schedule.type === "at" && trusted !== null && schedule.at <= trusted) {
    return Result.fail(accountedFor(schedule.at, trusted))
  }
  const after = schedule.type === "at" ? schedule.at - 1 : Math.max(now, trusted ?? now)
  const dueAt = occurrenceAfter(start, after)
  if (dueAt === undefined) return Result.fail(neverFires(start, after))
  const wakeAt = Math.max(wakeAtOf(start, dueAt), now)
  return Result.succeed({ revision, after, dueAt, wakeAt, planner })
}

/** How far ahead of now an accounted due time may lie and still be taken for one. */
export const aheadMsMax = 3 * 3_600_000

const accountedFor = (at: EpochMs, accountedAt: EpochMs): Refusal =>
  new Refusal({
    code: "in-past",
    message: `This job is accounted for up to ${instant(accountedAt)}, and ${instant(at)} is not later.`,
    received: at,
    expected: `a time after ${instant(accountedAt)}`,
    hint: "Give a later time, or run the job by hand.",
  })

const neverFires = ({ definition, claimedCount }: FreshStart, after: EpochMs): Refusal => {
  const { schedule, policy } = definition
  const { runsMax, startAt, endAt } = policy
  const isSpent = runsMax !== undefined && claimedCount >= runsMax
  const isBounded = startAt !== undefined || endAt !== undefined
  return new Refusal({
    code: "never-fires",
    message: isSpent
      ? `The job has run ${claimedCount} times, and runsMax is ${runsMax}.`
      : `The schedule would never fire after ${instant(after)}${isBounded ? " within startAt and endAt" : ""}.`,
    received: isSpent || isBounded ? { schedule, startAt, endAt, runsMax } : schedule,
    expected: "an occurrence that is still to come",
    hint: isSpent
      ? "Raise policy.runsMax, or set it to null."
      : "Change the schedule or its bounds; `horolog next` shows when one would fire.",
  })
}
