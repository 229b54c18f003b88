import type { Schedule } from "../events/schedule.ts"

/** A schedule as tools send and read it: JSON with snake_case keys. */
export const scheduleJson = (schedule: Schedule): string => {
  switch (schedule.type) {
    case "at":
      return JSON.stringify({ type: "at", at: schedule.at, tz: schedule.tz })
    case "every":
      return JSON.stringify({
        type: "every",
        every_ms: schedule.everyMs,
        anchor_at: schedule.anchorAt,
        tz: schedule.tz,
      })
    case "cron":
      return JSON.stringify({ type: "cron", expr: schedule.expr, tz: schedule.tz })
  }
}
