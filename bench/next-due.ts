import type { Schedule } from "../events/schedule.ts"
import { nextDue } from "../machines/next-due.ts"
import { expectEqual, print, sized, stopwatch } from "./kit.ts"

/** How many due times are computed in a second, along one schedule or each of another expression. */
const from = Date.UTC(2026, 0, 1)
const dayMs = 86_400_000
const weekdays: Schedule = { type: "cron", expr: "30 9 * * 1-5", tz: "America/New_York" }
const lastOfMonth: Schedule = { type: "cron", expr: "0 9 L * *", tz: "UTC" }
const often: Schedule = { type: "every", everyMs: 60_000, anchorAt: from, tz: "UTC" }

/** Follows one schedule; the last of its due times is known beforehand. */
const follow = (schedule: Schedule, count: number): number => {
  let at = from
  for (let index = 0; index < count; index += 1) at = nextDue(schedule, at) ?? NaN
  return at
}

/** A minute of the week, counted from Sunday: 10,080 expressions, more than are remembered. */
const expressionOf = (index: number): string => {
  const weekday = Math.floor(index / 1_440) % 7
  return `${index % 60} ${Math.floor(index / 60) % 24} * * ${weekday}`
}

/** How long after the start of 2026 each expression is due first, all together. */
const firstOfEach = (count: number): number => {
  let sum = 0
  for (let index = 0; index < count; index += 1) {
    const schedule: Schedule = { type: "cron", expr: expressionOf(index), tz: "UTC" }
    sum += (nextDue(schedule, from - 1) ?? NaN) - from
  }
  return sum
}

/** The same by counting: New Year's Day of 2026 was a Thursday. */
const countedOfEach = (count: number): number => {
  const minutes = Array.from({ length: count }, (_, index) => {
    const weekday = Math.floor(index / 1_440) % 7
    return ((weekday + 3) % 7) * 1_440 + (index % 1_440)
  })
  return minutes.reduce((sum, minute) => sum + minute * 60_000, 0)
}

/** The date of the so-many-th weekday of 2026 and later. */
const weekdayAfter = (count: number): string => {
  const thursday = 3
  const at = count - 1 + thursday
  const days = Math.floor(at / 5) * 7 + (at % 5) - thursday
  return new Date(from + days * dayMs).toISOString().slice(0, 10)
}

const measure = (kind: string, count: number, work: () => number): number => {
  const spent = stopwatch()
  const result = work()
  print("next-due", { kind, count, perSecond: Math.round((count / spent().wallMs) * 1_000) })
  return result
}

const weekdaysCount = sized(100_000, 500)
const weekday = measure("cron, one expression", weekdaysCount, () =>
  follow(weekdays, weekdaysCount),
)
expectEqual(
  "the last one",
  new Date(weekday).toISOString().slice(0, 10),
  weekdayAfter(weekdaysCount),
)
const coldCount = sized(20_160, 2_000)
const cold = measure("cron, another each time", coldCount, () => firstOfEach(coldCount))
expectEqual("the sum of the first ones", cold, countedOfEach(coldCount))
const monthsCount = sized(10_000, 100)
const month = measure("cron, left to croner", monthsCount, () => follow(lastOfMonth, monthsCount))
expectEqual("the last month", month, Date.UTC(2026, monthsCount, 0, 9))
const everyCount = sized(2_000_000, 1_000)
const every = measure("every", everyCount, () => follow(often, everyCount))
expectEqual("the last minute", every, from + everyCount * 60_000)
