import { Result } from "effect"
import type { JobFact } from "../../events/fact.ts"
import type { EpochMs } from "../../events/time.ts"
import type { CatchUpJob, DecideContext } from "../command.ts"
import type { JobState } from "../state.ts"
import { noneOf, passedOver, type Planned } from "./catch-up.ts"
import { instant, records, refuse, type Decision } from "./decision.ts"
import { cannotStart, isPaused } from "./start.ts"

/**
 * The planned occurrence has passed, and by policy or because everything was paused nobody is to run
 * it: that is recorded, and needs no slot, as nothing starts.
 */
export const catchUpJob = (
  { context }: JobState,
  { revision, dueAt }: CatchUpJob,
  asked: DecideContext,
): Decision => {
  const { plan } = context
  const refusal = cannotStart(context, asked.now) ?? isPaused(context)
  if (refusal !== undefined) return Result.fail(refusal)
  if (plan === null || plan.revision !== revision || plan.dueAt !== dueAt) {
    return stale(revision, dueAt)
  }
  const facts = plan.wakeAt > asked.now ? undefined : passedBy({ ...context, plan }, asked)
  return facts === undefined ? isToRun(dueAt) : records(...facts)
}

/** What passed, if nobody is to run it. */
const passedBy = (context: Planned, asked: DecideContext): ReadonlyArray<JobFact> | undefined => {
  const { plan, definition } = context
  if (plan.wakeAt < (asked.resumedAt ?? 0)) return pausedOf(context, asked)
  const isMissed = plan.wakeAt < asked.upSince
  return isMissed && definition.policy.catchUp.mode === "none" ? noneOf(context, asked) : undefined
}

const stale = (revision: number, dueAt: EpochMs): Decision =>
  refuse({
    code: "stale",
    message: `${instant(dueAt)} of revision ${revision} is not planned.`,
    received: { revision, dueAt },
    expected: "the occurrence that is planned",
    hint: "The plan has moved on; read it again.",
  })

const isToRun = (dueAt: EpochMs): Decision =>
  refuse({
    code: "not-due",
    message: `The occurrence of ${instant(dueAt)} was not missed: it is to run.`,
    received: dueAt,
    expected: "an occurrence that passed while nothing ran",
    hint: "Start it.",
  })

/** All that should have woken before everything was resumed. */
export const pausedOf = (context: Planned, asked: DecideContext): ReadonlyArray<JobFact> => {
  const upTo = Math.min(asked.now, (asked.resumedAt ?? 0) - 1)
  return passedOver(context, { upTo, reason: "paused" }, asked)
}
