import { Result } from "effect"
import type { EpochMs } from "../events/time.ts"
import { instantOf, localMinute, localTime } from "./next-due.ts"
import { Refusal } from "./refusal.ts"

/**
 * Reads a point in time: epoch milliseconds, or ISO 8601. With an offset or `Z` it is absolute;
 * without, the clocks of `tz` are meant, and where they show a time twice, the first one.
 */
export const readAt = (received: string | number, tz: string): Result.Result<EpochMs, Refusal> => {
  if (typeof received === "number") return readEpoch(received, received)
  const text = received.trim()
  if (/^-?\d+$/.test(text)) return readEpoch(received, Number(text))
  const parts = isoForm.exec(text)
  if (parts === null) return Result.fail(unreadable(received, text))
  const wallMs = wallOf(parts)
  if (wallMs === undefined) {
    return Result.fail(refuse(received, `${quote(text)} is no date of the calendar`, calendarHint))
  }
  const offset = parts[5]
  if (offset === undefined) return readLocal(received, wallMs, tz)
  const offsetMs = offsetOf(offset)
  if (offsetMs !== undefined) return Result.succeed(wallMs - offsetMs)
  const message = `${quote(text)} ends in ${offset}, which is no offset of any place`
  return Result.fail(refuse(received, message, "Write it as +01:00, or Z for UTC."))
}

/** What a point in time looks like, for messages. */
export const atForm =
  "an ISO 8601 time such as 2026-12-01T09:00, 2026-12-01T09:00+01:00 or 2026-12-01T08:00Z, " +
  "or epoch milliseconds"

const refuse = (received: string | number, message: string, hint: string): Refusal =>
  new Refusal({ code: "invalid-schedule", message, received, expected: atForm, hint })

const quote = (text: string): string => JSON.stringify(text.slice(0, 80))

const calendarHint = "Check the month, the day of the month, the hour (0-23) and the minute (0-59)."

/** Before 1973 counted in milliseconds, today counted in seconds. */
const secondsMax = 100_000_000_000

const readEpoch = (received: string | number, at: number): Result.Result<EpochMs, Refusal> => {
  if (!Number.isSafeInteger(at) || at < 0) {
    const message = `at is ${received}, which is no whole number of milliseconds since 1970`
    return Result.fail(refuse(received, message, "Use an ISO 8601 time."))
  }
  if (at < secondsMax) {
    const message = `at is ${received}, which in epoch milliseconds lies before 1974`
    const hint = `Seconds are not taken: write milliseconds (${at * 1_000}) or an ISO 8601 time.`
    return Result.fail(refuse(received, message, hint))
  }
  return Result.succeed(at)
}

const isoForm =
  /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*([Zz]|[+-]\d\d(?::?\d\d)?)?$/

const unreadable = (received: string, text: string): Refusal => {
  if (text === "") return refuse(received, "at is blank", "Write when, or leave at out.")
  if (/^\d{4}-\d\d-\d\d$/.test(text)) {
    return refuse(received, `${quote(text)} has no time of day`, `Add one: ${text}T09:00.`)
  }
  if (/^\d\d?:\d\d(?::\d\d)?$/.test(text)) {
    return refuse(received, `${quote(text)} has no date`, `Add one, as in 2026-12-01T${text}.`)
  }
  if (/^\d+\s*[a-z]+/i.test(text)) {
    const hint = `For a time from now, use in: ${quote(text)}.`
    return refuse(received, `${quote(text)} is no point in time`, hint)
  }
  const hint = "Write the date and the time out; for a time from now, use in."
  return refuse(received, `${quote(text)} is no point in time that can be read`, hint)
}

/** The local time counted as if it were UTC, or undefined when there is no such day or minute. */
const wallOf = (parts: RegExpExecArray): number | undefined => {
  const [, date, time, second = "00", fraction = ""] = parts
  const text = `${date}T${time}:${second}.${fraction.padEnd(3, "0").slice(0, 3)}Z`
  const wall = new Date(text)
  // A day that does not exist is read as a later one, so only what comes back unchanged is one.
  return !Number.isNaN(wall.getTime()) && wall.toISOString() === text ? wall.getTime() : undefined
}

/** No place is further from UTC than this. */
const offsetMax = 14 * 60

const offsetOf = (text: string): number | undefined => {
  if (text === "Z" || text === "z") return 0
  const digits = text.slice(1).replace(":", "").padEnd(4, "0")
  const [hours, minutes] = [Number(digits.slice(0, 2)), Number(digits.slice(2))]
  const total = hours * 60 + minutes
  if (minutes > 59 || total > offsetMax) return undefined
  return (text.startsWith("-") ? -total : total) * 60_000
}

const readLocal = (
  received: string,
  wallMs: number,
  tz: string,
): Result.Result<EpochMs, Refusal> => {
  const instant = instantOf(wallMs, tz)
  if ("at" in instant) return Result.succeed(instant.at)
  const { gapFrom, gapTo } = instant
  const message =
    `${quote(received.trim())} does not exist in ${tz}: the clocks go from ` +
    `${localMinute(gapFrom, tz)} straight to ${localMinute(gapTo, tz)}`
  return Result.fail(
    new Refusal({
      code: "invalid-schedule",
      message,
      received,
      expected: atForm,
      hint: "Pick a time before or after the gap.",
      matches: [localTime(gapFrom, tz), localTime(gapTo, tz)],
    }),
  )
}
