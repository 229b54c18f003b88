import { describe, expect, test } from "vitest"
import type { Schedule } from "../../events/schedule.ts"
import { nextDue, occurrencesBetween } from "../../machines/next-due.ts"

const at = (text: string): number => Date.parse(text)
const cron = (expr: string, tz = "UTC"): Schedule => ({ type: "cron", expr, tz })
const minute = 60_000
const day = 86_400_000
const noon = at("2026-11-24T12:00:00Z")

describe("the occurrences between two instants", () => {
  test("are none when the next one lies behind the end", () => {
    expect(occurrencesBetween(cron("0 9 * * *"), noon, noon + 60 * minute)).toBeUndefined()
    expect(occurrencesBetween(cron("0 0 30 2 *"), noon, noon + 400 * day)).toBeUndefined()
    expect(
      occurrencesBetween({ type: "at", at: noon, tz: "UTC" }, noon, noon + day),
    ).toBeUndefined()
    expect(occurrencesBetween(cron("* * * * *"), noon, noon - day)).toBeUndefined()
  })

  test("leave out the start and take in the end", () => {
    expect(occurrencesBetween(cron("0 * * * *"), noon, noon + 120 * minute)).toEqual({
      first: noon + 60 * minute,
      last: noon + 120 * minute,
      count: 2,
    })
    expect(occurrencesBetween(cron("0 * * * *"), noon - 1, noon)).toEqual({
      first: noon,
      last: noon,
      count: 1,
    })
  })

  test("are one for a single time", () => {
    expect(occurrencesBetween({ type: "at", at: noon, tz: "UTC" }, noon - 1, noon)).toEqual({
      first: noon,
      last: noon,
      count: 1,
    })
  })

  test("of an interval are computed, not walked", () => {
    const every: Schedule = { type: "every", everyMs: 1_000, anchorAt: noon, tz: "UTC" }
    expect(occurrencesBetween(every, noon, noon + 1_000_500)).toEqual({
      first: noon + 1_000,
      last: noon + 1_000_000,
      count: 1_000,
    })
    expect(occurrencesBetween(every, noon, noon + 1_001_000)?.count).toBeNull()
    expect(occurrencesBetween(every, noon, noon + 36_500 * day)).toEqual({
      first: noon + 1_000,
      last: noon + 36_500 * day,
      count: null,
    })
  })

  test.each(["UTC", "America/New_York", "Australia/Lord_Howe"])(
    "are counted exactly up to a thousand and not beyond, in %s",
    (tz) => {
      const minutes = cron("* * * * *", tz)
      const span = (count: number) => occurrencesBetween(minutes, noon, noon + count * minute)
      expect(span(999)?.count).toBe(999)
      expect(span(1_000)?.count).toBe(1_000)
      expect(span(1_001)).toEqual({
        first: noon + minute,
        last: noon + 1_001 * minute,
        count: null,
      })
    },
  )

  test("of a second-by-second job after three days cost milliseconds, not its occurrences", () => {
    const seconds = cron("* * * * * *", "Europe/Vienna")
    const startedAt = performance.now()
    for (let round = 0; round < 10; round++) {
      const upTo = noon + 3 * day + round * 1_000
      expect(occurrencesBetween(seconds, noon, upTo)).toEqual({
        first: noon + 1_000,
        last: upTo,
        count: null,
      })
    }
    // Walking them would take ten seconds a round; a busy machine still has room here.
    expect(performance.now() - startedAt).toBeLessThan(2_000)
  })

  test.each([
    {
      expr: "30 2 * * *",
      tz: "America/New_York",
      from: "2026-03-07T12:00:00Z",
      to: "2026-03-08T07:00:00Z",
      count: 1,
    },
    {
      expr: "30 2 * * *",
      tz: "America/New_York",
      from: "2026-03-07T12:00:00Z",
      to: "2026-03-08T06:59:59Z",
      count: 0,
    },
    {
      expr: "30 1 * * *",
      tz: "America/New_York",
      from: "2026-10-31T12:00:00Z",
      to: "2026-11-01T06:45:00Z",
      count: 1,
    },
    {
      expr: "0,30 1 * * *",
      tz: "America/New_York",
      from: "2026-10-31T12:00:00Z",
      to: "2026-11-01T07:00:00Z",
      count: 2,
    },
    {
      expr: "*/30 * * * *",
      tz: "America/New_York",
      from: "2026-11-01T04:45:00Z",
      to: "2026-11-01T06:45:00Z",
      count: 4,
    },
    {
      expr: "*/15 2-3 * * *",
      tz: "America/New_York",
      from: "2026-03-08T06:00:00Z",
      to: "2026-03-08T08:00:00Z",
      count: 4,
    },
    {
      expr: "0,30 2,3 * * *",
      tz: "America/New_York",
      from: "2026-03-08T06:00:00Z",
      to: "2026-03-08T08:00:00Z",
      count: 2,
    },
    {
      expr: "30,45 2 * * *",
      tz: "America/New_York",
      from: "2026-03-08T06:00:00Z",
      to: "2026-03-08T12:00:00Z",
      count: 1,
    },
    {
      expr: "15,45 2 * * *",
      tz: "Australia/Lord_Howe",
      from: "2026-10-03T12:00:00Z",
      to: "2026-10-03T16:00:00Z",
      count: 2,
    },
    {
      expr: "*/10 * * * *",
      tz: "Australia/Lord_Howe",
      from: "2026-04-04T14:00:00Z",
      to: "2026-04-04T16:00:00Z",
      count: 12,
    },
  ])(
    "of $expr in $tz from $from to $to are $count across a change of the clocks",
    ({ expr, tz, from, to, count }) => {
      const [schedule, after, upTo] = [cron(expr, tz), at(from), at(to)]
      const span = occurrencesBetween(schedule, after, upTo)
      expect(span?.count ?? 0).toBe(count)
      if (span === undefined) return
      expect(span.first).toBe(nextDue(schedule, after))
      expect(nextDue(schedule, span.last - 1)).toBe(span.last)
      expect(nextDue(schedule, span.last)).toBeGreaterThan(upTo)
    },
  )
})
