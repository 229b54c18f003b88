import type { EpochMs } from "../../events/time.ts"

/** From one start of what was missed to the next, once as many have started as may run at once. */
const catchUpEveryMs = 1_000

/**
 * How many jobs may start catching up. When the scheduler comes back, all that was missed is due at the
 * same instant: the oldest start at once, as many as there are slots, and then one a second, so that
 * neither a provider nor the jobs that come due now are run over.
 */
export const makePace = (burst: number) => {
  let since: EpochMs | undefined
  let startedCount = 0
  return {
    /** How many may start by `now`; a new `upSince` begins anew. */
    allowance: (upSince: EpochMs, now: EpochMs): number => {
      if (since !== upSince) {
        since = upSince
        startedCount = 0
      }
      return burst + Math.floor(Math.max(0, now - upSince) / catchUpEveryMs) - startedCount
    },
    took: (count: number): void => {
      startedCount += count
    },
    /** When the next one may. */
    nextAt: (upSince: EpochMs): EpochMs =>
      upSince + Math.max(0, startedCount - burst + 1) * catchUpEveryMs,
  }
}
