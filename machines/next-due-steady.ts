import { CronPattern } from "croner"
import { IANAZone } from "luxon"
import type { Cron } from "../events/schedule.ts"
import type { EpochMs } from "../events/time.ts"

/**
 * The first occurrence strictly after `after`, found by arithmetic where the clocks of the zone run
 * steadily and the expression is a plain one: a hundred times as fast as croner, and equal to it.
 * Undefined says nothing but that croner has to be asked.
 */
export const steadyDue = ({ expr, tz }: Cron, after: EpochMs): EpochMs | undefined => {
  const pattern = patternOf(expr)
  if (pattern === undefined) return undefined
  const firstDay = Math.floor(after / dayMs)
  const offsetMs = offsetOn(tz, firstDay - 1)
  // Beyond the dates there are, and in the days of local mean time.
  if (!Number.isInteger(offsetMs / 60_000)) return undefined
  const wallMs = wallAfter(pattern, after + offsetMs)
  if (wallMs === undefined) return undefined
  const dueAt = wallMs - offsetMs
  // A day more on either side: what a change of the clocks does reaches beyond its instant.
  const lastDay = Math.floor(dueAt / dayMs) + 1
  return isSteady(tz, offsetMs, { from: firstDay, to: lastDay + 1 }) ? dueAt : undefined
}

const dayMs = 86_400_000
/** Beyond this croner is asked: clocks seldom run steadily for longer. */
const daysMax = 64

/** What a plain expression matches: 1 where it does, by second, minute, hour, date, month and weekday. */
interface PlainPattern {
  readonly second: ReadonlyArray<number>
  readonly minute: ReadonlyArray<number>
  readonly hour: ReadonlyArray<number>
  readonly day: ReadonlyArray<number>
  readonly month: ReadonlyArray<number>
  readonly dayOfWeek: ReadonlyArray<number>
  /** A date and a weekday are both asked for, and either is enough. */
  readonly isEither: boolean
  readonly firstOfDay: number
}

/** The first local time after `wallMs` (counted as if it were UTC) that matches, if it is near. */
const wallAfter = (pattern: PlainPattern, wallMs: number): number | undefined => {
  const today = Math.floor(wallMs / dayMs)
  const secondOfDay = Math.floor((wallMs - today * dayMs) / 1_000)
  const later = matchesDay(pattern, today) ? laterThatDay(pattern, secondOfDay) : undefined
  if (later !== undefined) return today * dayMs + later * 1_000
  for (let day = today + 1; day <= today + daysMax; day += 1) {
    if (matchesDay(pattern, day)) return day * dayMs + pattern.firstOfDay * 1_000
  }
  return undefined
}

const matchesDay = (pattern: PlainPattern, day: number): boolean => {
  const date = new Date(day * dayMs)
  if (!pattern.month[date.getUTCMonth()]) return false
  const matchesDate = Boolean(pattern.day[date.getUTCDate() - 1])
  const matchesWeekday = Boolean(pattern.dayOfWeek[date.getUTCDay()])
  return pattern.isEither ? matchesDate || matchesWeekday : matchesDate && matchesWeekday
}

/** The next matching second of a day, strictly after one. */
const laterThatDay = (pattern: PlainPattern, secondOfDay: number): number | undefined => {
  const { second, minute, hour } = pattern
  const [hours, minutes] = [Math.floor(secondOfDay / 3_600), Math.floor(secondOfDay / 60) % 60]
  const startOfHour = hours * 3_600
  if (hour[hours]) {
    const inMinute = minute[minutes] ? second.indexOf(1, (secondOfDay % 60) + 1) : -1
    if (inMinute !== -1) return startOfHour + minutes * 60 + inMinute
    const laterMinute = minute.indexOf(1, minutes + 1)
    if (laterMinute !== -1) return startOfHour + laterMinute * 60 + second.indexOf(1)
  }
  const laterHour = hour.indexOf(1, hours + 1)
  if (laterHour === -1) return undefined
  return laterHour * 3_600 + minute.indexOf(1) * 60 + second.indexOf(1)
}

const patterns = new Map<string, PlainPattern | undefined>()
const patternsMax = 4_096

/** Read once; an expression with years, L, W or # is not plain. */
const patternOf = (expr: string): PlainPattern | undefined => {
  if (patterns.has(expr)) return patterns.get(expr)
  if (patterns.size >= patternsMax) patterns.clear()
  const pattern = plainPatternOf(new CronPattern(expr))
  patterns.set(expr, pattern)
  return pattern
}

/** Croner's mark of a weekday that counts in every week of the month. */
const everyWeek = 63

const plainPatternOf = (parsed: CronPattern): PlainPattern | undefined => {
  const { second, minute, hour, day, month, starDOM, starDOW, useAndLogic } = parsed
  const isPlain =
    parsed.starYear &&
    !parsed.lastDayOfMonth &&
    !parsed.lastWeekday &&
    !parsed.nearestWeekdays.some(Boolean) &&
    parsed.dayOfWeek.every((weeks) => weeks === 0 || weeks === everyWeek)
  if (!isPlain) return undefined
  const dayOfWeek = parsed.dayOfWeek.map((weeks) => (weeks === everyWeek ? 1 : 0))
  const firstOfDay = hour.indexOf(1) * 3_600 + minute.indexOf(1) * 60 + second.indexOf(1)
  const isEither = !starDOM && !starDOW && !useAndLogic
  return { second, minute, hour, day, month, dayOfWeek, isEither, firstOfDay }
}

/** Whether the zone has this offset on each of these days: what lies between two equal ones is equal. */
const isSteady = (
  tz: string,
  offsetMs: number,
  { from, to }: { readonly from: number; readonly to: number },
): boolean => {
  for (let day = from; day <= to; day += 1) if (offsetOn(tz, day) !== offsetMs) return false
  return true
}

const offsets = new Map<string, Map<number, number>>()
const offsetsMax = 65_536
let offsetsCount = 0

/** How far the zone is from UTC when a day of UTC begins; kept, as asking costs microseconds. */
const offsetOn = (tz: string, day: number): number => {
  const known = offsets.get(tz)?.get(day)
  if (known !== undefined) return known
  if (offsetsCount >= offsetsMax) {
    offsets.clear()
    offsetsCount = 0
  }
  const offsetMs = IANAZone.create(tz).offset(day * dayMs) * 60_000
  const days = offsets.get(tz) ?? new Map<number, number>()
  offsets.set(tz, days.set(day, offsetMs))
  offsetsCount += 1
  return offsetMs
}
