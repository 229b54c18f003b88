import { Cron } from "croner"
import { describe, expect, test } from "vitest"
import { steadyDue } from "../../machines/next-due-steady.ts"
import { randomFrom } from "../kit/random.ts"

// The quick way to a due time is held to croner, which is asked directly here.

const dayMs = 86_400_000
const zones = ["UTC", ...Intl.supportedValuesOf("timeZone")] as unknown as readonly [string]
const days = [
  "* * *",
  "* * 1-5",
  "15 * 1",
  "15 * +1",
  "*/2 * *",
  "1,15 * *",
  "* * 7",
  "31 * *",
  "? * MON",
  "29 2 *",
  "* 3-10/2 *",
  "L * *",
  "15W * *",
  "* * 5#2",
] as const

const makeWorld = (seed: number) => {
  const { below, pick, next } = randomFrom(seed)
  const field = (max: number): string =>
    pick([
      () => "*",
      () => `${below(max)}`,
      () => `*/${1 + below(Math.min(max, 20))}`,
      () => `${below(max >> 1)}-${(max >> 1) + below(max >> 1)}`,
      () => `${below(max)},${below(max)}`,
    ])()
  const expression = (): string => {
    const seconds = pick(["", "", "", `${below(60)} `, "*/10 "])
    const hours = pick([field(24), "0", "2", "1,2,3", "23"])
    return `${seconds}${field(60)} ${hours} ${pick(days)}`
  }
  /** Anywhere from 1970 on, often at the very beginning of a day or of a second. */
  const instant = (): number => {
    const at = Math.floor(next() * 130 * 365 * dayMs)
    return pick([at, at - (at % 1_000), at - (at % dayMs), at - (at % 3_600_000)])
  }
  return { expression, instant, zone: () => pick(zones) }
}

const clockOf = (expr: string, tz: string): Cron =>
  new Cron(expr, { timezone: tz, fixedTimeRule: "no-wildcard" })

describe("the quick way to a due time", () => {
  test.each([1, 2, 3, 4])("agrees with croner wherever it answers, seed %i", (seed) => {
    const { expression, instant, zone } = makeWorld(seed)
    let answersCount = 0
    for (let round = 0; round < 2_000; round += 1) {
      const [expr, tz, after] = [expression(), zone(), instant()]
      const dueAt = steadyDue({ type: "cron", expr, tz }, after)
      if (dueAt === undefined) continue
      answersCount += 1
      const expected = clockOf(expr, tz).nextRun(new Date(after))?.getTime()
      expect(dueAt, `${expr} ${tz} after ${new Date(after).toISOString()}`).toBe(expected)
    }
    expect(answersCount).toBeGreaterThan(1_000)
  })

  test("follows a year hour by hour as croner does, around each change of the clocks", () => {
    for (const tz of ["Australia/Lord_Howe", "America/St_Johns", "Africa/Casablanca"]) {
      const clock = clockOf("30 * * * *", tz)
      let after = Date.UTC(2026, 0, 1)
      while (after < Date.UTC(2027, 0, 1)) {
        const expected = clock.nextRun(new Date(after))?.getTime() ?? Number.NaN
        const dueAt = steadyDue({ type: "cron", expr: "30 * * * *", tz }, after)
        expect([undefined, expected], `${tz} after ${new Date(after).toISOString()}`).toContain(
          dueAt,
        )
        // A step of many hours keeps the year short; near a change every hour is looked at.
        after = dueAt === undefined ? expected : expected + 5 * 3_600_000
      }
    }
  })

  test.each([
    { what: "a year", expr: "0 0 9 * * * 2027" },
    { what: "the last day", expr: "0 9 L * *" },
    { what: "a weekday near a date", expr: "0 9 15W * *" },
    { what: "a week of the month", expr: "0 9 * * 5#2" },
    { what: "a change of the clocks", after: Date.UTC(2026, 2, 28, 12) },
    { what: "the day after one", after: Date.UTC(2026, 2, 29, 12) },
    { what: "a wait of months", expr: "0 9 1 1 *", after: Date.UTC(2026, 1, 1) },
    { what: "the end of dates", after: 8.64e15 },
    { what: "no instant", after: Number.NaN },
    { what: "local mean time", after: Date.UTC(1870, 0, 1) },
  ])("leaves $what to croner", ({ expr = "0 9 * * *", after = 0 }) => {
    expect(steadyDue({ type: "cron", expr, tz: "Europe/Vienna" }, after)).toBeUndefined()
  })

  test("refuses what croner refuses", () => {
    expect(() => steadyDue({ type: "cron", expr: "61 * * * *", tz: "UTC" }, 0)).toThrow(
      "CronPattern",
    )
  })
})
