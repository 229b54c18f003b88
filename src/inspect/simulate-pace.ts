import type { EpochMs } from "../../events/time.ts"
import type { LiveJob } from "./simulate-jobs.ts"

/** From one start of what was missed to the next, once as many have started as may run at once. */
const catchUpEveryMs = 1_000

/**
 * When a job may start that was to wake at `wakeAt`: of those that were missed as many as there are
 * slots may at once, and then one a second, as the engine has it.
 */
export const makePace = (burst: number) => {
  const turns = new Map<LiveJob, EpochMs>()
  let since: EpochMs | undefined
  let turnsCount = 0

  const turnOf = (job: LiveJob, upSince: EpochMs): EpochMs => {
    const given = turns.get(job)
    if (given !== undefined) return given
    turnsCount += 1
    const turn = upSince + Math.max(0, turnsCount - burst) * catchUpEveryMs
    turns.set(job, turn)
    return turn
  }

  return (job: LiveJob, wakeAt: EpochMs, upSince: EpochMs): EpochMs => {
    if (wakeAt >= upSince) return wakeAt
    if (since !== upSince) {
      since = upSince
      turns.clear()
      turnsCount = 0
    }
    return turnOf(job, upSince)
  }
}
