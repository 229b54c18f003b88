import { Result } from "effect"
import type { AddInput } from "../operations/add.ts"
import { numberOf, shown, textOf } from "./fields.ts"

/** When a job runs, in the words of the operation `add`; a failure says why that cannot be said. */
export type Timing = Result.Result<Pick<AddInput, "at" | "cron" | "tz" | "schedule">, string>

/** Once, at epoch milliseconds or at a text that `tz` is the zone of. */
export const once = (at: unknown, tz: string): Timing => {
  const instant = numberOf(at) ?? textOf(at)
  if (instant === undefined) return Result.fail(`its time is ${shown(at)}, which is no time`)
  return Result.succeed({ at: instant, tz })
}

/** Again and again, in step with `anchor`, an occurrence that was or would have been. */
export const interval = (everyMs: unknown, anchor: unknown, tz: string): Timing => {
  const length = numberOf(everyMs)
  if (length === undefined || length <= 0) {
    return Result.fail(`its interval is ${shown(everyMs)}, which is no length of time`)
  }
  const every_ms = Math.round(length)
  const anchorAt = numberOf(anchor)
  return Result.succeed({
    schedule: {
      type: "every",
      every_ms,
      ...(anchorAt !== undefined && anchorAt > 0 && { anchor_at: Math.round(anchorAt) }),
      tz,
    },
  })
}

/** By the calendar. */
export const calendar = (expr: unknown, tz: string): Timing => {
  const cron = textOf(expr)
  if (cron === undefined) return Result.fail(`its expression is ${shown(expr)}, which is none`)
  return Result.succeed({ cron: cron.trim(), tz })
}

/** The same, written for croniter, where the seconds come after the day of the week. */
export const croniterCalendar = (expr: unknown, tz: string): Timing => {
  const fields = (textOf(expr) ?? "").trim().split(/\s+/)
  if (fields.length !== 6 && fields.length !== 7) return calendar(expr, tz)
  const [seconds = "0", ...year] = fields.slice(5)
  return calendar([seconds, ...fields.slice(0, 5), ...year].join(" "), tz)
}
