import { Cron as CronClock, CronPattern } from "croner"
import { DateTime, IANAZone } from "luxon"
import type { Cron, Every, Schedule } from "../events/schedule.ts"
import type { EpochMs } from "../events/time.ts"
import { steadyDue } from "./next-due-steady.ts"

/** The first occurrence strictly after `after`, or undefined when there is none any more. */
export const nextDue = (schedule: Schedule, after: EpochMs): EpochMs | undefined => {
  switch (schedule.type) {
    case "at":
      return schedule.at > after ? schedule.at : undefined
    case "every":
      return schedule.anchorAt + multipleAfter(schedule, after) * schedule.everyMs
    case "cron":
      return steadyDue(schedule, after) ?? clockOf(schedule).nextRun(new Date(after))?.getTime()
  }
}

/** The next occurrences strictly after `from`, at most `count` of them. */
export const nextRuns = (
  schedule: Schedule,
  { from, count }: { readonly from: EpochMs; readonly count: number },
): ReadonlyArray<EpochMs> => {
  if (!Number.isInteger(count) || count < 0 || count > runsMax) {
    throw new RangeError(`nextRuns: count is ${count}; expected a whole number up to ${runsMax}`)
  }
  const runs: Array<EpochMs> = []
  let dueAt = nextDue(schedule, from)
  while (dueAt !== undefined && runs.length < count) {
    runs.push(dueAt)
    dueAt = runs.length < count ? nextDue(schedule, dueAt) : undefined
  }
  return runs
}

/** A span of occurrences, both ends included; `count` is null when it is more than a thousand. */
export interface Occurrences {
  readonly first: EpochMs
  readonly last: EpochMs
  readonly count: number | null
}

/**
 * The occurrences after `after` and up to `upTo`, or undefined when there are none. The cost does not
 * grow with the span: the last one is found by halving, and counting stops at a thousand.
 */
export const occurrencesBetween = (
  schedule: Schedule,
  after: EpochMs,
  upTo: EpochMs,
): Occurrences | undefined => {
  const first = nextDue(schedule, after)
  if (first === undefined || first > upTo) return undefined
  switch (schedule.type) {
    case "at":
      return { first, last: first, count: 1 }
    case "every":
      return everyBetween(schedule, first, upTo)
    case "cron":
      return {
        first,
        last: lastDue(schedule, first, upTo),
        count: countFrom(schedule, first, upTo),
      }
  }
}

/** What croner says against an expression, or undefined when it can read it. `tz` must be known. */
export const cronProblem = (expr: string, tz: string): string | undefined => {
  // Croner takes anything with a colon for a date.
  if (expr.includes(":")) return "a colon belongs to a time of day"
  try {
    clockOf({ expr, tz })
    return undefined
  } catch (cause) {
    return cause instanceof Error ? cause.message.replace(/^CronPattern: /, "") : String(cause)
  }
}

/** Whether the zone data here knows `name`; offsets and abbreviations may pass too. */
export const isKnownZone = (name: string): boolean => IANAZone.isValidZone(name)

/** An instant, or the two around the gap that a local time falls into. */
export type LocalInstant =
  | { readonly at: EpochMs }
  | { readonly gapFrom: EpochMs; readonly gapTo: EpochMs }

/**
 * The instant at which the clocks of `tz` show `wallMs` (a local time, counted as if it were UTC): the
 * first one when they show it twice. In a gap: the last second before it and the first after it.
 */
export const instantOf = (wallMs: number, tz: string): LocalInstant => {
  const local = DateTime.fromMillis(wallMs, { zone: "utc" }).setZone(tz, { keepLocalTime: true })
  const [first = local] = local.getPossibleOffsets()
  if (wallOf(first.toMillis(), tz) === wallMs) return { at: first.toMillis() }
  const gapTo = gapEnd(wallMs, tz)
  return { gapFrom: gapTo - 1_000, gapTo }
}

/** `2026-12-01T09:00:00+01:00 Europe/Vienna (Tuesday)`. */
export const localTime = (at: EpochMs, tz: string): string => {
  const local = DateTime.fromMillis(at, { zone: tz, locale: "en-US" })
  return `${local.toISO({ suppressMilliseconds: true })} ${tz} (${local.weekdayLong})`
}

/** `2026-12-01 09:00`, with seconds only when there are any: for sentences that name the zone. */
export const localMinute = (at: EpochMs, tz: string): string => {
  const local = DateTime.fromMillis(at, { zone: tz })
  return local.toFormat(at % 60_000 === 0 ? "yyyy-MM-dd HH:mm" : "yyyy-MM-dd HH:mm:ss")
}

/** `2026-12-01T08:00:00Z`. */
export const utcTime = (at: EpochMs): string =>
  `${DateTime.fromMillis(at, { zone: "utc" }).toISO({ suppressMilliseconds: true })}`

/** As in Vixie cron, lists and ranges of hours are fixed times: they move out of a gap, once. */
const fixedTimeRule = "no-wildcard"

const runsMax = 10_000
const countedMax = 1_000
/** An instance weighs about 80 kB. */
const cachedMax = 128

type Clocked = Pick<Cron, "expr" | "tz">

const clocks = new Map<string, CronClock>()
const patterns = new Map<string, CronPattern>()

/** Parses on demand and keeps the last few. */
const clockOf = ({ expr, tz }: Clocked): CronClock =>
  remembered(clocks, `${tz} ${expr}`, () => new CronClock(expr, { timezone: tz, fixedTimeRule }))

/** The values that an expression matches, which the clock itself does not show. */
const patternOf = ({ expr, tz }: Clocked): CronPattern =>
  remembered(patterns, `${tz} ${expr}`, () => new CronPattern(expr, tz, { fixedTimeRule }))

/** The least recently used one goes when there are too many. */
const remembered = <Value>(cache: Map<string, Value>, key: string, make: () => Value): Value => {
  const value = cache.get(key) ?? make()
  cache.delete(key)
  cache.set(key, value)
  const [oldest] = cache.keys()
  if (cache.size > cachedMax && oldest !== undefined) cache.delete(oldest)
  return value
}

/** The anchor itself is the first occurrence: multiple 0. */
const multipleAfter = ({ anchorAt, everyMs }: Every, after: EpochMs): number =>
  Math.max(0, Math.floor((after - anchorAt) / everyMs) + 1)

const everyBetween = (schedule: Every, first: EpochMs, upTo: EpochMs): Occurrences => {
  const more = Math.floor((upTo - first) / schedule.everyMs)
  const count = more + 1
  return {
    first,
    last: first + more * schedule.everyMs,
    count: count > countedMax ? null : count,
  }
}

/**
 * The last occurrence up to `upTo`, by halving with `nextDue` alone, so that both ends of a span agree
 * whatever the clocks did in between: about forty steps for a century.
 */
const lastDue = (schedule: Cron, first: EpochMs, upTo: EpochMs): EpochMs => {
  let last = first
  let end = upTo
  while (last < end) {
    const middle = last + Math.floor((end - last) / 2)
    const dueAt = nextDue(schedule, middle)
    if (dueAt !== undefined && dueAt <= upTo) last = dueAt
    else end = middle
  }
  return last
}

/** Counts hour by hour where the local hour is an ordinary one, else one by one. */
const countFrom = (schedule: Cron, first: EpochMs, upTo: EpochMs): number | null => {
  let count = 0
  let dueAt: EpochMs | undefined = first
  while (dueAt !== undefined && dueAt <= upTo && count <= countedMax) {
    const { within, endAt } = restOfHour(schedule, dueAt, upTo)
    count += within
    dueAt = nextDue(schedule, endAt)
  }
  return count > countedMax ? null : count
}

/**
 * How many occurrences there are from `dueAt` to the end of its local hour, and the end. An hour in
 * which the clocks change, the last one of the span, and an occurrence that was moved out of a gap
 * (its minute is not in the pattern) only account for themselves.
 */
const restOfHour = (
  schedule: Cron,
  dueAt: EpochMs,
  upTo: EpochMs,
): { readonly within: number; readonly endAt: EpochMs } => {
  const pattern = patternOf(schedule)
  const wall = new Date(wallOf(dueAt, schedule.tz))
  const [hour, minute, second] = [wall.getUTCHours(), wall.getUTCMinutes(), wall.getUTCSeconds()]
  const endAt = dueAt + 3_600_000 - (minute * 60 + second) * 1_000 - 1
  const steady = wallOf(endAt, schedule.tz) - wall.getTime() === endAt - dueAt
  const natural = pattern.hour[hour] && pattern.minute[minute] && pattern.second[second]
  if (!steady || !natural || endAt > upTo) return { within: 1, endAt: dueAt }
  const secondsCount = countOf(pattern.second, 0)
  const within = countOf(pattern.minute, minute + 1) * secondsCount
  return { within: within + countOf(pattern.second, second), endAt }
}

const countOf = (flags: ReadonlyArray<number>, from: number): number =>
  flags.slice(from).filter(Boolean).length

/** What the clocks of `tz` show at `at`, counted as if it were UTC. */
const wallOf = (at: EpochMs, tz: string): number => at + IANAZone.create(tz).offset(at) * 60_000

/** The instant at which the clocks of `tz` jump over `wallMs`. No zone is a day away from UTC. */
const gapEnd = (wallMs: number, tz: string): EpochMs => {
  let before = wallMs - 86_400_000
  let end = wallMs + 86_400_000
  while (end - before > 1) {
    const middle = before + Math.floor((end - before) / 2)
    if (wallOf(middle, tz) > wallMs) end = middle
    else before = middle
  }
  return end
}
