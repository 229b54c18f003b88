import { Schema } from "effect"
import type { Schedule } from "../../events/schedule.ts"
import { EpochMs } from "../../events/time.ts"
import { localTime, nextRuns, utcTime } from "../../machines/next-due.ts"

/** An instant for programs, and for readers in both clocks. */
export const Moment = Schema.Struct({ at: EpochMs, utc: Schema.String, local: Schema.String })
export type Moment = typeof Moment.Type

export const toMoment = (at: EpochMs, tz: string): Moment => ({
  at,
  utc: utcTime(at),
  local: localTime(at, tz),
})

const upcomingCount = 3

/** The planned time and the ones behind it, as far as `endAt` lets them; nothing without a plan. */
export const upcoming = (
  schedule: Schedule,
  dueAt: EpochMs | null,
  endAt?: EpochMs,
): ReadonlyArray<Moment> => {
  if (dueAt === null) return []
  const later = nextRuns(schedule, { from: dueAt, count: upcomingCount - 1 })
  return [dueAt, ...later]
    .filter((at) => endAt === undefined || at <= endAt)
    .map((at) => toMoment(at, schedule.tz))
}
