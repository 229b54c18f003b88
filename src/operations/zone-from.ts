import { Result } from "effect"
import type { ScheduleRequest } from "../../machines/command.ts"
import { resolveSchedule } from "../../machines/schedule.ts"
import type { ZoneFrom } from "./job-answer.ts"

/** Where the zone of a schedule comes from: resolving it again at the same time says so. */
export const zoneFromOf = (
  schedule: ScheduleRequest,
  context: {
    readonly now: number
    readonly zone: string
    readonly zoneFrom: "configuration" | "host"
  },
): ZoneFrom => {
  const resolved = resolveSchedule(schedule, context)
  return Result.isSuccess(resolved) ? resolved.success.zoneFrom : context.zoneFrom
}
