import type { Schedule } from "../../events/schedule.ts"
import type { EpochMs } from "../../events/time.ts"
import { nextDue, occurrencesBetween } from "../../machines/next-due.ts"

/** The occurrences next to a time; null: there is none on that side. */
export interface Nearest {
  readonly before: EpochMs | null
  readonly after: EpochMs | null
}

export const nearestTo = (
  schedule: Schedule,
  { at, widthMs }: { readonly at: EpochMs; readonly widthMs: number },
): Nearest => ({
  before: lastBefore(schedule, at) ?? null,
  after: nextDue(schedule, at + widthMs - 1) ?? null,
})

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** How far back is looked, a little at a time: a schedule is rarer than once in eight years, or is not. */
const reachesMs = [
  hourMs,
  dayMs,
  9 * dayMs,
  63 * dayMs,
  367 * dayMs,
  8 * 366 * dayMs,
  40 * 366 * dayMs,
]

const lastBefore = (schedule: Schedule, at: EpochMs): EpochMs | undefined => {
  for (const reachMs of reachesMs) {
    const found = occurrencesBetween(schedule, at - reachMs, at - 1)
    if (found !== undefined) return found.last
  }
  return undefined
}
