import { yields } from "../../machines/request.ts"
import type { JobState } from "../../machines/state.ts"
import type { ScheduledJobRow } from "../../projections/scheduled-jobs.ts"

type Wakes = Partial<Pick<ScheduledJobRow, "wake_at" | "wake_due_at" | "wake_attempt">>

const asleep: Wakes = { wake_at: null, wake_due_at: null, wake_attempt: null }

/**
 * What the row of a job in this state has to wait for. When something that was queued wakes is not in
 * the state: it is the time of the fact that let it wait.
 */
export const wakesOf = (state: JobState): Wakes => {
  const { value, context } = state
  const { plan, retry, backlog, paused, pausedUntil } = context
  if (Object.keys(context.openRuns).length > 0) return isYielding(state) ? planned(state) : asleep
  if (value === "disabled") return asleep
  if (paused) return { ...asleep, wake_at: pausedUntil }
  if (retry !== null) {
    return { wake_at: retry.wakeAt, wake_due_at: retry.dueAt, wake_attempt: retry.attempt }
  }
  if (backlog.length > 0) return { wake_due_at: null, wake_attempt: null }
  return plan === null ? asleep : planned(state)
}

const planned = ({ context: { plan } }: JobState): Wakes =>
  plan === null ? asleep : { wake_at: plan.wakeAt, wake_due_at: plan.dueAt, wake_attempt: 1 }

/** The next occurrence ends the open run, unless somebody has asked for the end of the job. */
const isYielding = ({ value, context }: JobState): boolean => {
  const [run] = Object.values(context.openRuns)
  const goesOn = value === "running.active" && context.disabledReason === null
  return run !== undefined && goesOn && yields(context, run)
}
