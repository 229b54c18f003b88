import { IANAZone } from "luxon"
import type { EpochMs } from "../events/time.ts"

/** The clocks of a zone are set: from one distance to UTC to another. */
export interface ClockChange {
  readonly at: EpochMs
  readonly beforeMs: number
  readonly afterMs: number
}

/** When the clocks of `tz` change, after `from` and up to `to`. */
export const clockChanges = (
  tz: string,
  { from, to }: { readonly from: EpochMs; readonly to: EpochMs },
): ReadonlyArray<ClockChange> => {
  const zone = IANAZone.create(tz)
  const changes: Array<ClockChange> = []
  let [start, beforeMs] = [from, offsetMs(zone, from)]
  while (start < to) {
    const end = Math.min(start + dayMs, to)
    const afterMs = offsetMs(zone, end)
    if (afterMs !== beforeMs) changes.push({ at: changeIn(zone, start, end), beforeMs, afterMs })
    start = end
    beforeMs = afterMs
  }
  return changes
}

/** No zone changes its clocks twice within a day. */
const dayMs = 86_400_000

const offsetMs = (zone: IANAZone, at: EpochMs): number => zone.offset(at) * 60_000

/** The first instant of the new distance, by halving. */
const changeIn = (zone: IANAZone, start: EpochMs, end: EpochMs): EpochMs => {
  const before = offsetMs(zone, start)
  let [last, first] = [start, end]
  while (first - last > 1) {
    const middle = last + Math.floor((first - last) / 2)
    if (offsetMs(zone, middle) === before) last = middle
    else first = middle
  }
  return first
}
