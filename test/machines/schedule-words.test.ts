import { describe, expect, test } from "vitest"
import { scheduleWords } from "../../machines/schedule-words.ts"

const tz = "Europe/Vienna"
const cron = (expr: string): string => scheduleWords({ type: "cron", expr, tz })

describe("a schedule in words", () => {
  test("says a single time in its zone", () => {
    const at = Date.parse("2026-12-01T08:00:00Z")
    expect(scheduleWords({ type: "at", at, tz })).toBe("once at 2026-12-01 09:00 Europe/Vienna")
    expect(scheduleWords({ type: "at", at: at + 30_000, tz: "UTC" })).toBe(
      "once at 2026-12-01 08:00:30 UTC",
    )
  })

  test("says an interval as a duration", () => {
    expect(scheduleWords({ type: "every", everyMs: 5_400_000, anchorAt: 0, tz })).toBe(
      "every 1h30m",
    )
  })

  test.each([
    ["0 9 * * MON-FRI", "every weekday at 09:00 Europe/Vienna"],
    ["0 9 * * 1-5", "every weekday at 09:00 Europe/Vienna"],
    ["0 9 * * 1,2,3,4,5", "every weekday at 09:00 Europe/Vienna"],
    ["0 0 9 * * *", "every day at 09:00 Europe/Vienna"],
    ["30 0 9 * * *", "every day at 09:00:30 Europe/Vienna"],
    ["0 9 ? * *", "every day at 09:00 Europe/Vienna"],
    ["@daily", "every day at 00:00 Europe/Vienna"],
    ["@midnight", "every day at 00:00 Europe/Vienna"],
    ["@weekly", "every Sunday at 00:00 Europe/Vienna"],
    ["0 9 * * 0", "every Sunday at 09:00 Europe/Vienna"],
    ["0 9 * * 7", "every Sunday at 09:00 Europe/Vienna"],
    ["0 9 * * 0-7", "every day at 09:00 Europe/Vienna"],
    ["0 9 * * 6,0", "every Saturday and Sunday at 09:00 Europe/Vienna"],
    ["0 9 * * 5-7", "every Friday, Saturday and Sunday at 09:00 Europe/Vienna"],
    ["0 9 * * tue", "every Tuesday at 09:00 Europe/Vienna"],
    ["30 2,14 * * *", "every day at 02:30 and 14:30 Europe/Vienna"],
  ])("says the plain days and times of %s (behaviour 20)", (expr, words) => {
    expect(cron(expr)).toBe(words)
  })

  test.each([
    ["0 0 9 * * * 2027", "at 09:00, only in 2027 (Europe/Vienna)"],
    ["@hourly", "every hour (Europe/Vienna)"],
    ["@monthly", "at 00:00, on day 1 of the month (Europe/Vienna)"],
    ["@yearly", "at 00:00, on day 1 of the month, only in January (Europe/Vienna)"],
    ["*/30 * * * *", "every 30 minutes (Europe/Vienna)"],
    ["* * * * * *", "every second (Europe/Vienna)"],
    ["15 * * * *", "at 15 minutes past every hour (Europe/Vienna)"],
    ["0 9 L * *", "at 09:00, on the last day of the month (Europe/Vienna)"],
    ["0 9 * * 5L", "at 09:00, on the last Friday of the month (Europe/Vienna)"],
    ["0 9 * * 1#2", "at 09:00, on the second Monday of the month (Europe/Vienna)"],
  ])("describes %s (behaviour 20)", (expr, words) => {
    expect(cron(expr)).toBe(words)
  })

  test.each([
    ["0 9 15 * 1", "at 09:00, on day 15 of the month, or on Monday (Europe/Vienna)"],
    ["0 9 15 * 1-5", "at 09:00, on day 15 of the month, or Monday through Friday (Europe/Vienna)"],
    [
      "0 0 9 1 6 1 2027",
      "at 09:00, on day 1 of the month, or on Monday, only in June, only in 2027 (Europe/Vienna)",
    ],
  ])("says that either day is enough in %s (behaviour 19)", (expr, words) => {
    expect(cron(expr)).toBe(words)
  })

  test("says that both days have to match when the expression does", () => {
    expect(cron("0 9 1-7 * +1")).toBe(
      "at 09:00, between day 1 and 7 of the month, only on Monday (Europe/Vienna)",
    )
  })
})
