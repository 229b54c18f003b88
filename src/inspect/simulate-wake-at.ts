import type { EpochMs } from "../../events/time.ts"
import { yields } from "../../machines/request.ts"
import { isWaiting, type JobContext, type JobState } from "../../machines/state.ts"

/**
 * When a job wakes whose last fact was recorded at `at`; null when it does not. It is what the column
 * `wake_at` says, from the state alone: a test holds the two equal.
 */
export const wakeAtOf = ({ value, context }: JobState, at: EpochMs): EpochMs | null => {
  const [run] = Object.values(context.openRuns)
  if (run !== undefined) {
    const mayEnd = value === "running.active" && context.disabledReason === null
    return mayEnd && yields(context, run) ? planned(context) : null
  }
  return isWaiting(value) ? ofWaiting(context, at) : null
}

const planned = ({ plan }: JobContext): EpochMs | null => plan?.wakeAt ?? null

const ofWaiting = (context: JobContext, at: EpochMs): EpochMs | null => {
  const { paused, pausedUntil, retry, backlog, plan, definition } = context
  if (paused) return pausedUntil
  if (retry !== null) return retry.wakeAt
  if (backlog.length === 0 || plan === null) return backlog.length === 0 ? planned(context) : at
  // What was queued is due already, but for a quota that holds it back with the plan.
  const isHeld = plan.wakeAt > plan.dueAt + definition.policy.jitterMs
  return isHeld ? Math.max(at, plan.wakeAt) : at
}
