import type { Schedule } from "../events/schedule.ts"
import { nextDue } from "../machines/next-due.ts"
import { expectEqual, print, sized, stopwatch } from "./kit.ts"

/** How many due times are computed in a second, one after the other or each of another expression. */
const from = Date.UTC(2026, 0, 1)
const weekdays: Schedule = { type: "cron", expr: "30 9 * * 1-5", tz: "America/New_York" }
const often: Schedule = { type: "every", everyMs: 60_000, anchorAt: from, tz: "UTC" }

/** Follows one schedule; the last of its due times is known beforehand. */
const follow = (schedule: Schedule, count: number): number => {
  let at = from
  for (let index = 0; index < count; index += 1) at = nextDue(schedule, at) ?? NaN
  return at
}

/** The first due time of many expressions, more than are remembered: each is read anew. */
const firstOfEach = (count: number): number => {
  let sum = 0
  for (let index = 0; index < count; index += 1) {
    const expr = `${index % 60} ${Math.floor(index / 60) % 24} * * *`
    sum += (nextDue({ type: "cron", expr, tz: "UTC" }, from - 1) ?? NaN) - from
  }
  return sum
}

/** What `firstOfEach` adds up to: every minute of the day, again and again. */
const minutesOf = (count: number): number =>
  Array.from({ length: count }, (_, index) => (index % 1_440) * 60_000).reduce((a, b) => a + b, 0)

const measure = (kind: string, count: number, work: () => number): number => {
  const spent = stopwatch()
  const result = work()
  print("next-due", { kind, count, perSecond: Math.round((count / spent().wallMs) * 1_000) })
  return result
}

const days = sized(20_000, 500)
const warm = measure("cron, one expression", days, () => follow(weekdays, days))
expectEqual("the last weekday", new Date(warm).toISOString().slice(0, 10), weekdayAfter(days))
const coldCount = sized(28_800, 500)
const cold = measure("cron, another each time", coldCount, () => firstOfEach(coldCount))
expectEqual("the sum of the minutes", cold, minutesOf(coldCount))
const everyCount = sized(2_000_000, 1_000)
const every = measure("every", everyCount, () => follow(often, everyCount))
expectEqual("the last minute", every, from + everyCount * 60_000)

/** The date of the so-many-th weekday of 2026 and later; New Year's Day was a Thursday. */
function weekdayAfter(count: number): string {
  const thursday = 3
  const at = count - 1 + thursday
  const date = from + (Math.floor(at / 5) * 7 + (at % 5) - thursday) * 86_400_000
  return new Date(date).toISOString().slice(0, 10)
}
