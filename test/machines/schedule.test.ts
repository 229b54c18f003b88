import { Result } from "effect"
import { describe, expect, test } from "vitest"
import type { ScheduleRequest } from "../../machines/command.ts"
import { nextRuns, utcTime } from "../../machines/next-due.ts"
import { resolveSchedule, type ResolvedSchedule } from "../../machines/schedule.ts"

const now = Date.parse("2026-11-24T10:00:00Z")
const host = { now, zone: "Europe/Vienna", zoneFrom: "host" } as const

const resolved = (request: ScheduleRequest, context = host): ResolvedSchedule =>
  Result.getOrThrow(resolveSchedule(request, context))

const firstOf = (request: ScheduleRequest): string => utcTime(resolved(request).firstDueAt)

describe("the zone of a schedule", () => {
  test("is the job's own when it names one (behaviour 15)", () => {
    expect(resolved({ at: "2026-12-01T09:00", tz: "Asia/Tokyo" })).toEqual({
      schedule: { type: "at", at: Date.parse("2026-12-01T00:00:00Z"), tz: "Asia/Tokyo" },
      firstDueAt: Date.parse("2026-12-01T00:00:00Z"),
      zoneFrom: "job",
    })
  })

  test("is the configuration's, or the host's, when the job names none (behaviour 15)", () => {
    const request = { at: "2026-12-01T09:00" }
    const configured = resolveSchedule(request, {
      now,
      zone: "America/New_York",
      zoneFrom: "configuration",
    })
    expect(Result.getOrThrow(configured)).toEqual({
      schedule: { type: "at", at: Date.parse("2026-12-01T14:00:00Z"), tz: "America/New_York" },
      firstDueAt: Date.parse("2026-12-01T14:00:00Z"),
      zoneFrom: "configuration",
    })
    expect(resolved(request).zoneFrom).toBe("host")
    expect(firstOf(request)).toBe("2026-12-01T08:00:00Z")
  })

  test.each([
    ["utc", "UTC"],
    ["europe/vienna", "Europe/Vienna"],
    [" Europe/Vienna ", "Europe/Vienna"],
    ["Asia/Kolkata", "Asia/Kolkata"],
    ["Etc/GMT+8", "Etc/GMT+8"],
  ])("%j is recorded as %s", (tz, recorded) => {
    expect(resolved({ cron: "0 9 * * *", tz }).schedule.tz).toBe(recorded)
  })

  test("is recorded with an interval too, to show its times in", () => {
    expect(resolved({ every: "45m", tz: "Asia/Tokyo" }).schedule).toEqual({
      type: "every",
      everyMs: 2_700_000,
      anchorAt: now,
      tz: "Asia/Tokyo",
    })
  })
})

describe("a point in time", () => {
  test.each([
    ["2026-12-01T09:00", "2026-12-01T08:00:00Z"],
    ["2026-12-01 09:00", "2026-12-01T08:00:00Z"],
    ["2026-12-01t09:00:30", "2026-12-01T08:00:30Z"],
    ["2026-12-01T09:00Z", "2026-12-01T09:00:00Z"],
    ["2026-12-01T09:00:00.250Z", "2026-12-01T09:00:00.250Z"],
    ["2026-12-01T09:00+05:30", "2026-12-01T03:30:00Z"],
    ["2026-12-01T09:00:00-0800", "2026-12-01T17:00:00Z"],
    ["2026-12-01T09:00+02", "2026-12-01T07:00:00Z"],
    ["2028-02-29T00:00Z", "2028-02-29T00:00:00Z"],
    ["1800000000000", "2027-01-15T08:00:00Z"],
  ])("%s is %s (behaviour 15)", (at, instant) => {
    expect(firstOf({ at })).toBe(instant)
  })

  test("may be epoch milliseconds", () => {
    expect(firstOf({ at: 1_800_000_000_000 })).toBe("2027-01-15T08:00:00Z")
  })

  test("that comes twice is the first of the two (behaviour 13)", () => {
    const beforeOverlap = { ...host, now: Date.parse("2026-10-31T12:00:00Z") }
    const request = { at: "2026-11-01T01:30", tz: "America/New_York" }
    expect(utcTime(resolved(request, beforeOverlap).firstDueAt)).toBe("2026-11-01T05:30:00Z")
  })

  test("up to a minute ago is accepted and due at once (behaviour 14)", () => {
    expect(resolved({ at: now - 60_000 }).firstDueAt).toBe(now - 60_000)
    expect(resolved({ at: now }).firstDueAt).toBe(now)
  })

  test.each([30, 400])("%i days ahead is resolved exactly (behaviour 21)", (days) => {
    expect(resolved({ in: `${days}d` }).firstDueAt).toBe(now + days * 86_400_000)
  })

  test("from now is counted by the clock of the command (behaviour 16)", () => {
    expect(resolved({ in: "20m" }).schedule).toEqual({
      type: "at",
      at: now + 1_200_000,
      tz: "Europe/Vienna",
    })
    expect(resolved({ in: "20m" }, { ...host, now: now + 7 }).firstDueAt).toBe(now + 1_200_007)
  })
})

describe("an interval", () => {
  test("is anchored at the moment of the command, or where it says (behaviour 4)", () => {
    expect(resolved({ every: "1h" }).firstDueAt).toBe(now + 3_600_000)
    const anchored = resolved({ every: 3_600_000, anchorAt: Date.parse("2026-11-24T00:10:00Z") })
    expect(nextRuns(anchored.schedule, { from: now, count: 2 }).map(utcTime)).toEqual([
      "2026-11-24T10:10:00Z",
      "2026-11-24T11:10:00Z",
    ])
  })

  test("may be a second, and no less", () => {
    expect(resolved({ every: 1_000 }).firstDueAt).toBe(now + 1_000)
    expect(resolved({ every: "1s" }).firstDueAt).toBe(now + 1_000)
  })
})

describe("a cron expression", () => {
  test.each([
    ["0 9 * * MON-FRI", "0 9 * * MON-FRI"],
    ["  0  0 9 *\t* * ", "0 0 9 * * *"],
    ["0 0 9 * * * 2027", "0 0 9 * * * 2027"],
    ["@Daily", "@daily"],
    ["0 9 * * 7", "0 9 * * 7"],
    ["0 9 1-7 * +MON", "0 9 1-7 * +MON"],
  ])("%j is accepted and recorded as %j (behaviour 20)", (cron, expr) => {
    expect(resolved({ cron }).schedule).toEqual({ type: "cron", expr, tz: "Europe/Vienna" })
  })

  test("is first due strictly after the command (behaviour 2)", () => {
    expect(resolved({ cron: "0 11 * * *" }).firstDueAt).toBe(now + 86_400_000)
  })
})
