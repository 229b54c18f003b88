import { Result } from "effect"
import type { CatchUpJob, DecideContext } from "../command.ts"
import type { JobState } from "../state.ts"
import { noneOf, passedOver } from "./catch-up.ts"
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
  const { plan, definition } = context
  const refusal = cannotStart(context, asked.now) ?? isPaused(context)
  if (refusal !== undefined) return Result.fail(refusal)
  if (plan === null || plan.revision !== revision || plan.dueAt !== dueAt) {
    return refuse({
      code: "stale",
      message: `${instant(dueAt)} of revision ${revision} is not planned.`,
      received: { revision, dueAt },
      expected: plan === null ? "nothing" : `${instant(plan.dueAt)} of revision ${plan.revision}`,
      hint: "The plan has moved on; read it again.",
    })
  }
  const planned = { ...context, plan }
  if (plan.wakeAt < (asked.resumedAt ?? 0)) return records(...pausedOf(planned, asked))
  const isMissed = plan.wakeAt < asked.upSince && plan.wakeAt <= asked.now
  if (isMissed && definition.policy.catchUp.mode === "none")
    return records(...noneOf(planned, asked))
  return refuse({
    code: "not-due",
    message: `The occurrence of ${instant(dueAt)} was not missed: it is to run.`,
    received: dueAt,
    expected: "an occurrence that passed while nothing ran",
    hint: "Start it.",
  })
}

/** All that should have woken before everything was resumed. */
export const pausedOf = (
  context: Parameters<typeof passedOver>[0],
  asked: DecideContext,
): ReturnType<typeof passedOver> => {
  const upTo = Math.min(asked.now, (asked.resumedAt ?? 0) - 1)
  return passedOver(context, { upTo, reason: "paused" }, asked)
}
