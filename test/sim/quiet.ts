import { isWaiting, type JobState } from "../../machines/state.ts"
import type { Stage } from "./stage.ts"
import { mustHold } from "./violation.ts"

/** How late a start may be once nothing stands in its way. */
const lateMsMax = 5_000

/** What must hold whenever nothing can go on without time passing. */
export const checkQuiet = (stage: Stage): void => {
  const { process, outside, watch } = stage
  // Who is gone shows nothing any more: what comes next has to show it.
  if (process?.stage() !== "up") return
  outside.check(watch)
  const bootId = process.bootId()
  let takenCount = 0
  for (const [runId, run] of watch.openRuns()) {
    mustHold(run.bootId === bootId, "lost runs are closed", () => `${runId} of ${run.bootId}`)
    mustHold(outside.wasCalled(runId), "started runs are carried out", () => runId)
    takenCount += 1
  }
  checkOverdue(stage, takenCount)
  checkDeadlines(stage)
}

/** No run goes on beyond its deadline, unless the clock has just been set. */
const checkDeadlines = ({ watch, time, disturbedAtMs, script }: Stage): void => {
  const settledMs = script.settings.pollIntervalMs + lateMsMax
  const now = time.now()
  for (const [runId, { deadlineAt }] of watch.openRuns()) {
    const isFresh = time.elapsedMs() - disturbedAtMs <= settledMs
    mustHold(isFresh || deadlineAt >= now - settledMs, "runs end in time", () => {
      return `${runId} was to end at ${new Date(deadlineAt).toISOString()}`
    })
  }
}

/** What is due starts, unless every slot is taken, all is paused, or the clock has just been set. */
const checkOverdue = (stage: Stage, takenCount: number): void => {
  const { time, watch, script } = stage
  const { maxConcurrent, pollIntervalMs } = script.settings
  const elapsedMs = time.elapsedMs()
  if (takenCount >= maxConcurrent || watch.isPaused()) stage.disturbedAtMs = elapsedMs
  if (elapsedMs - stage.disturbedAtMs <= pollIntervalMs + lateMsMax) return
  const now = time.now()
  for (const [jobId, state] of watch.states()) {
    const wakeAt = wakeOf(state, watch.lastAt(jobId)) ?? now
    mustHold(wakeAt >= now - lateMsMax, "what is due starts", () => {
      return `${jobId} was to wake at ${new Date(wakeAt).toISOString()}`
    })
  }
}

/** When a waiting job has to wake, as its state has it. */
export const wakeOf = ({ value, context }: JobState, lastAt: number): number | undefined => {
  const { plan, retry, backlog, paused, pausedUntil, definition } = context
  if (!isWaiting(value)) return undefined
  if (paused) return pausedUntil ?? undefined
  if (retry !== null || backlog.length === 0) return (retry ?? plan)?.wakeAt
  const isHeld = plan !== null && plan.wakeAt > plan.dueAt + definition.policy.jitterMs
  return isHeld ? Math.max(lastAt, plan.wakeAt) : lastAt
}
