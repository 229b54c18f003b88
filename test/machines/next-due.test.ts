import { describe, expect, test } from "vitest"
import type { Schedule } from "../../events/schedule.ts"
import {
  instantOf,
  isKnownZone,
  localMinute,
  localTime,
  nextDue,
  nextRuns,
  utcTime,
} from "../../machines/next-due.ts"

const cron = (expr: string, tz = "UTC"): Schedule => ({ type: "cron", expr, tz })
const every = (everyMs: number, anchorAt: number): Schedule => ({
  type: "every",
  everyMs,
  anchorAt,
  tz: "UTC",
})

const runs = (schedule: Schedule, from: string, count: number): ReadonlyArray<string> =>
  nextRuns(schedule, { from: Date.parse(from), count }).map(utcTime)

const newYork = "America/New_York"

describe("a cron schedule", () => {
  test("is due by the clocks of its zone (behaviour 1)", () => {
    const schedule = cron("0 9 * * 3", "America/Los_Angeles")
    expect(runs(schedule, "2025-12-13T00:00:00Z", 1)).toEqual(["2025-12-17T17:00:00Z"])
  })

  test("is due strictly after, never on the instant itself (behaviour 2)", () => {
    const schedule = cron("0 8 * * *", "Asia/Shanghai")
    expect(runs(schedule, "2026-03-01T00:00:00.000Z", 1)).toEqual(["2026-03-02T00:00:00Z"])
  })

  test.each([".000", ".021", ".500", ".999"])(
    "is not due again within its own second, at %s (behaviour 3)",
    (fraction) => {
      expect(runs(cron("0 0 12 * * *"), `2026-02-08T12:00:00${fraction}Z`, 1)).toEqual([
        "2026-02-09T12:00:00Z",
      ])
    },
  )

  test("is not skipped by a fraction of the second before it (behaviour 3)", () => {
    expect(runs(cron("0 0 12 * * *"), "2026-02-08T11:59:59.500Z", 1)).toEqual([
      "2026-02-08T12:00:00Z",
    ])
  })

  test("at a fixed time in a gap is due at the first instant after it (behaviour 8)", () => {
    expect(runs(cron("30 2 * * *", newYork), "2026-03-07T12:00:00Z", 2)).toEqual([
      "2026-03-08T07:00:00Z",
      "2026-03-09T06:30:00Z",
    ])
  })

  test("at an interval runs through a gap evenly (behaviour 9)", () => {
    expect(runs(cron("*/30 * * * *", newYork), "2026-03-08T06:00:00Z", 4)).toEqual([
      "2026-03-08T06:30:00Z",
      "2026-03-08T07:00:00Z",
      "2026-03-08T07:30:00Z",
      "2026-03-08T08:00:00Z",
    ])
  })

  test("at a fixed time that comes twice is due once (behaviour 10)", () => {
    expect(runs(cron("30 1 * * *", newYork), "2026-10-31T12:00:00Z", 2)).toEqual([
      "2026-11-01T05:30:00Z",
      "2026-11-02T06:30:00Z",
    ])
  })

  test("takes a list of hours for fixed times (behaviour 10b)", () => {
    expect(runs(cron("30 2,14 * * *", newYork), "2026-03-07T20:00:00Z", 2)).toEqual([
      "2026-03-08T07:00:00Z",
      "2026-03-08T18:30:00Z",
    ])
  })

  test("at an interval is due in both hours of an overlap (behaviour 11)", () => {
    expect(runs(cron("0 * * * *", newYork), "2026-11-01T03:30:00Z", 5)).toEqual([
      "2026-11-01T04:00:00Z",
      "2026-11-01T05:00:00Z",
      "2026-11-01T06:00:00Z",
      "2026-11-01T07:00:00Z",
      "2026-11-01T08:00:00Z",
    ])
  })

  test("with a date and a weekday is due on either (behaviour 19)", () => {
    const days = runs(cron("0 9 15 * 1"), "2026-11-01T00:00:00Z", 6).map((run) => run.slice(8, 10))
    expect(days).toEqual(["02", "09", "15", "16", "23", "30"])
  })

  test.each([
    ["0 9 * * MON-FRI", "2026-11-30T09:00:00Z"],
    ["0 0 9 * * *", "2026-11-28T09:00:00Z"],
    ["0 0 9 * * * 2027", "2027-01-01T09:00:00Z"],
    ["@daily", "2026-11-29T00:00:00Z"],
    ["0 9 * * 0", "2026-11-29T09:00:00Z"],
    ["0 9 * * 7", "2026-11-29T09:00:00Z"],
    ["0 9 L * *", "2026-11-30T09:00:00Z"],
    ["0 9 * * 1#2", "2026-12-14T09:00:00Z"],
  ])("reads %s (behaviour 20)", (expr, first) => {
    expect(runs(cron(expr), "2026-11-28T00:00:00Z", 1)).toEqual([first])
  })

  test("moves half an hour where the clocks do, on Lord Howe", () => {
    const lordHowe = cron("15 2 * * *", "Australia/Lord_Howe")
    expect(runs(lordHowe, "2026-10-02T20:00:00Z", 2)).toEqual([
      "2026-10-03T15:30:00Z",
      "2026-10-04T15:15:00Z",
    ])
    const halfHours = cron("*/30 * * * *", "Australia/Lord_Howe")
    expect(runs(halfHours, "2026-04-04T14:10:00Z", 4)).toEqual([
      "2026-04-04T14:30:00Z",
      "2026-04-04T15:00:00Z",
      "2026-04-04T15:30:00Z",
      "2026-04-04T16:00:00Z",
    ])
  })

  test("has no occurrence on a date that does not exist", () => {
    expect(nextDue(cron("0 0 30 2 *"), 0)).toBeUndefined()
    expect(nextDue(cron("0 0 0 1 1 * 2020"), Date.parse("2026-01-01T00:00:00Z"))).toBeUndefined()
  })

  test("waits for the next leap year", () => {
    expect(runs(cron("0 0 29 2 *"), "2026-11-24T00:00:00Z", 2)).toEqual([
      "2028-02-29T00:00:00Z",
      "2032-02-29T00:00:00Z",
    ])
  })

  test("answers the same after a thousand other expressions went through", () => {
    const schedule = cron("7 7 * * *", "Europe/Vienna")
    const before = nextDue(schedule, 0)
    for (let minute = 0; minute < 300; minute++)
      nextDue(cron(`${minute % 60} ${minute % 24} * * *`), 0)
    expect(nextDue(schedule, 0)).toBe(before)
  })
})

describe("an interval", () => {
  const anchorAt = Date.parse("2026-11-24T00:10:00Z")

  test("counts from its anchor, not from now (behaviour 4)", () => {
    expect(runs(every(3_600_000, anchorAt), "2026-11-24T05:00:00Z", 3)).toEqual([
      "2026-11-24T05:10:00Z",
      "2026-11-24T06:10:00Z",
      "2026-11-24T07:10:00Z",
    ])
  })

  test("on its anchor is due one interval later (behaviour 5)", () => {
    expect(nextDue(every(30_000, anchorAt), anchorAt)).toBe(anchorAt + 30_000)
  })

  test("before its anchor is due on it", () => {
    expect(nextDue(every(30_000, anchorAt), anchorAt - 1)).toBe(anchorAt)
    expect(nextDue(every(30_000, anchorAt), anchorAt - 86_400_000)).toBe(anchorAt)
  })

  test("is not reset by a restart (behaviour 6)", () => {
    const daily = every(86_400_000, anchorAt)
    expect(nextDue(daily, anchorAt + 23 * 3_600_000)).toBe(anchorAt + 24 * 3_600_000)
  })

  test.each([45, 90])(
    "of %i minutes keeps its length across a clock change (behaviour 7)",
    (length) => {
      const lengthMs = length * 60_000
      const start = Date.parse("2026-03-07T00:00:00Z")
      const dues = nextRuns(every(lengthMs, start), { from: start, count: 100 })
      expect(dues).toEqual(dues.map((_, index) => start + (index + 1) * lengthMs))
    },
  )

  test("stays exact after a century of seconds", () => {
    const after = anchorAt + 100 * 365 * 86_400_000 + 1
    expect(nextDue(every(1_000, anchorAt), after)).toBe(after + 999)
  })
})

describe("a single time", () => {
  const at: Schedule = { type: "at", at: 1_000, tz: "UTC" }

  test("is due until it has come, and never after", () => {
    expect(nextDue(at, 999)).toBe(1_000)
    expect(nextDue(at, 1_000)).toBeUndefined()
    expect(nextRuns(at, { from: 0, count: 3 })).toEqual([1_000])
  })
})

test.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 10_001])(
  "asking for %d runs is a fault of the caller",
  (count) => {
    expect(() => nextRuns(cron("* * * * *"), { from: 0, count })).toThrow(RangeError)
  },
)

test("no runs are none", () => {
  expect(nextRuns(cron("* * * * *"), { from: 0, count: 0 })).toEqual([])
})

describe("a local time", () => {
  const wall = (text: string): number => Date.parse(`${text}Z`)

  test("is the first of the two when the clocks show it twice (behaviour 13)", () => {
    expect(instantOf(wall("2026-11-01T01:30:00"), newYork)).toEqual({
      at: Date.parse("2026-11-01T05:30:00Z"),
    })
  })

  test.each([
    ["2026-03-08T02:30:00", newYork, "2026-03-08T07:00:00Z"],
    ["2026-10-04T02:15:00", "Australia/Lord_Howe", "2026-10-03T15:30:00Z"],
    ["2011-12-30T12:00:00", "Pacific/Apia", "2011-12-30T10:00:00Z"],
    ["2026-03-29T02:00:00", "Europe/Vienna", "2026-03-29T01:00:00Z"],
  ])("%s in %s falls into the gap before %s (behaviour 12)", (text, tz, end) => {
    const gapTo = Date.parse(end)
    expect(instantOf(wall(text), tz)).toEqual({ gapFrom: gapTo - 1_000, gapTo })
  })

  test("right behind a gap is an ordinary one", () => {
    expect(instantOf(wall("2026-03-08T03:00:00"), newYork)).toEqual({
      at: Date.parse("2026-03-08T07:00:00Z"),
    })
  })

  test("is written with its offset, its zone and its weekday", () => {
    const at = Date.parse("2026-12-01T08:00:00Z")
    expect(localTime(at, "Europe/Vienna")).toBe("2026-12-01T09:00:00+01:00 Europe/Vienna (Tuesday)")
    expect(localTime(at, "UTC")).toBe("2026-12-01T08:00:00Z UTC (Tuesday)")
    expect(localTime(at + 7, "Asia/Kolkata")).toBe(
      "2026-12-01T13:30:00.007+05:30 Asia/Kolkata (Tuesday)",
    )
    expect(localMinute(at, "Europe/Vienna")).toBe("2026-12-01 09:00")
    expect(localMinute(at + 5_000, "Europe/Vienna")).toBe("2026-12-01 09:00:05")
    expect(utcTime(at)).toBe("2026-12-01T08:00:00Z")
  })
})

test("the zone data knows Vienna and not Phobos", () => {
  expect(isKnownZone("Europe/Vienna")).toBe(true)
  expect(isKnownZone("Mars/Phobos")).toBe(false)
})
