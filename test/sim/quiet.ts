import { isWaiting } from "../../machines/state.ts"
import type { Stage } from "./stage.ts"
import { mustHold } from "./violation.ts"

/** How late a start may be once nothing stands in its way. */
const lateMsMax = 5_000

/** What must hold whenever nothing can go on without time passing. */
export const checkQuiet = (stage: Stage): void => {
  const { process, outside, watch } = stage
  outside.check(watch)
  if (process?.stage() !== "up") return
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

/** What is due starts, unless every slot is taken or the clock has just been set. */
const checkOverdue = (stage: Stage, takenCount: number): void => {
  const { time, watch, script } = stage
  const { maxConcurrent, pollIntervalMs } = script.settings
  const elapsedMs = time.elapsedMs()
  if (takenCount >= maxConcurrent) stage.disturbedAtMs = elapsedMs
  if (elapsedMs - stage.disturbedAtMs <= pollIntervalMs + lateMsMax) return
  const now = time.now()
  for (const [jobId, { value, context }] of watch.states()) {
    if (!isWaiting(value)) continue
    const wakeAt = (context.retry ?? context.plan)?.wakeAt ?? now
    mustHold(wakeAt >= now - lateMsMax, "what is due starts", () => {
      return `${jobId} was to wake at ${new Date(wakeAt).toISOString()}`
    })
  }
}
