import { Result } from "effect"
import type { Schedule } from "../../events/schedule.ts"
import type { EpochMs } from "../../events/time.ts"
import type { ScheduleRequest } from "../../machines/command.ts"
import { nextRuns as runsOf } from "../../machines/next-due.ts"
import { resolveSchedule } from "../../machines/schedule.ts"

/**
 * The next due times of a schedule, in epoch ms, strictly after `from`. It takes what a person would
 * write (`{ cron: "0 9 * * MON-FRI", tz: "Europe/Vienna" }`, `{ every: "90m" }`), read as of `from`
 * and in UTC where no zone is named, or a schedule as the log records it. Throws a Refusal for a
 * schedule that makes no sense.
 */
export const nextRuns = (
  schedule: Schedule | ScheduleRequest,
  { from, count }: { readonly from: EpochMs; readonly count: number },
): ReadonlyArray<EpochMs> => runsOf(recordedSchedule(schedule, from), { from, count })

const recordedSchedule = (schedule: Schedule | ScheduleRequest, from: EpochMs): Schedule =>
  "type" in schedule
    ? schedule
    : Result.getOrThrow(resolveSchedule(schedule, { now: from, zone: "UTC", zoneFrom: "host" }))
        .schedule
