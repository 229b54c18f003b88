import { Result } from "effect"
import { describe, expect, test } from "vitest"
import type { ScheduleRequest } from "../../machines/command.ts"
import type { Refusal } from "../../machines/refusal.ts"
import { resolveSchedule } from "../../machines/schedule.ts"

const now = Date.parse("2026-11-24T10:00:00Z")
const host = { now, zone: "Europe/Vienna", zoneFrom: "host" } as const

const refusal = (request: ScheduleRequest, zone: string = host.zone): Refusal =>
  Result.getOrThrow(Result.flip(resolveSchedule(request, { ...host, zone })))

const daily = "0 9 * * *"

describe("every refusal says what was received, what was expected and how to mend it", () => {
  test.each<[ScheduleRequest]>([
    [{ cron: "60 * * * *" }],
    [{ cron: daily, tz: "CST" }],
    [{ at: "2026-02-30T09:00" }],
    [{ at: now - 300_000 }],
    [{ in: "20" }],
    [{ every: 0 }],
    [{ cron: "0 0 30 2 *" }],
    [{ at: "2300-01-01T00:00Z" }],
    [{ every: "1h", anchorAt: 1.5 }],
  ])("%j", (request) => {
    const { message, received, expected, hint } = refusal(request)
    expect(message.length).toBeGreaterThan(10)
    expect(received).toBeDefined()
    expect(expected).toBeTruthy()
    expect(hint).toBeTruthy()
  })
})

describe("a zone is refused (behaviour 17)", () => {
  test.each([
    ["Mars/Phobos", "no time zone that the zone data knows", ""],
    ["UTC+8", "is an offset", "Etc/GMT-8"],
    ["GMT-3", "is an offset", "Etc/GMT+3"],
    ["+02:00", "is an offset", "Etc/GMT-2"],
    ["+05:30", "is an offset", ""],
    ["CST", "is an abbreviation", "Asia/Shanghai"],
    ["EST", "is an abbreviation", "America/New_York"],
    ["ist", "is an abbreviation", "Asia/Kolkata"],
    ["GMT", "is no time zone here", "UTC"],
    ["Z", "is no time zone here", "UTC"],
    ["Vienna", "no time zone that the zone data knows", "Europe/Vienna"],
    ["Europe/Viena", "no time zone that the zone data knows", "Europe/Vienna"],
    ["new york", "no time zone that the zone data knows", "America/New_York"],
    ["Turkey", "no time zone that the zone data knows", ""],
    ["", "is blank", ""],
  ])("when it is %j", (tz, message, match) => {
    const refused = refusal({ cron: daily, tz })
    expect(refused).toMatchObject({ code: "unknown-zone", received: tz })
    expect(refused.message).toContain(message)
    expect(refused.matches?.includes(match) ?? refused.hint?.includes("Name a place")).toBe(true)
  })

  test("also when it is the default, and says whose it is", () => {
    const refused = refusal({ cron: daily }, "CST")
    expect(refused.code).toBe("unknown-zone")
    expect(refused.message).toContain("the job names no zone; this one is the host's")
    expect(refused.hint).toContain("give the job a tz")
  })
})

describe("a cron expression is refused (behaviour 17)", () => {
  test.each([
    ["60 * * * *", 'minute (field 1) of "60 * * * *" is "60"; it takes 0-59', "a list 1,3,5"],
    ["* * * *", "has 4 fields", "minute, hour, day, month, day of the week"],
    ["* * * * * * * *", "has 8 fields", "minute, hour, day, month, day of the week"],
    ["daily", "has 1 field", "minute, hour, day, month, day of the week"],
    ["", "is blank", "minute, hour, day, month, day of the week"],
    ["0 9 * * 6-1", 'day of the week (field 5) of "0 9 * * 6-1" is "6-1"', "write 6-7,1."],
    ["0 22-6 * * *", "The hour (field 2)", "write 22-23,0-6."],
    ["0 9 * 11-2 *", "The month (field 4)", "write 11-12,1-2."],
    ["0 9 32 * *", "The day of the month (field 3)", "Fields take"],
    ["0 9 * * FOO", "The day of the week (field 5)", "Fields take"],
    ["0 0 25 * * *", "The hour (field 3)", "Fields take"],
    ["0 9 * * 1:3", "The day of the week (field 5)", "Fields take"],
    ["1 2 3 2026 9:00", "The month (field 4)", "Fields take"],
    ["0 0 9 * * * 0", "The year (field 7)", "Fields take"],
    ["5/15 * * * *", "The minute (field 1)", "write 5-59/15."],
    ["/10 * * * *", "The minute (field 1)", "write */10."],
    ["*/0 * * * *", "The minute (field 1)", "A step is at least 1."],
    ["H * * * *", "The minute (field 1)", "There is no H"],
    ["@every 5m", "an interval is a schedule of its own", 'every: "5m"'],
    ["@reboot", "is no nickname", "@daily"],
    ["TZ=UTC 0 9 * * *", "carries its zone", "Put the zone into tz"],
    ["2026-12-01T09:00", "is a date", "Use at"],
    ["2026-12-01T09:00 a b c d", "is a date", "Use at"],
  ])("when it is %j", (cron, message, hint) => {
    const refused = refusal({ cron })
    expect(refused).toMatchObject({ code: "invalid-schedule", received: cron })
    expect(refused.message).toContain(message)
    expect(refused.hint).toContain(hint)
  })

  test.each([
    ["0 0 30 2 *", "check the day of the month"],
    ["0 0 31 4,6,9,11 *", "check the day of the month"],
    ["0 0 9 * * * 2020", "its years are over"],
    ["0 0 0 29 2 * 2027", "the date is in none of them"],
  ])("when it never matches: %s (behaviour 18)", (cron, hint) => {
    const refused = refusal({ cron })
    expect(refused.code).toBe("never-fires")
    expect(refused.message).toContain("would never fire")
    expect(refused.hint).toContain(hint)
  })

  test("when it is first due in more than a century", () => {
    expect(refusal({ cron: "0 0 0 1 1 * 2200" })).toMatchObject({ code: "invalid-schedule" })
  })
})

describe("an interval is refused (behaviour 17)", () => {
  test.each([
    [0, "0 is under a second"],
    [-5, "-5 is under a second"],
    [999, "999 is under a second"],
    [1_000.5, "no whole number of milliseconds"],
    [Number.NaN, "no whole number of milliseconds"],
    [4e15, "over a century"],
    ["0", "has no unit"],
    ["500ms", "under a second"],
    ["5", "write 5s, 5m, 5h or 5d"],
    ["-5m", "is negative"],
    ["101 years", "is no duration"],
  ])("when it is %j", (every, message) => {
    const refused = refusal({ every })
    expect(refused.code).toBe("invalid-schedule")
    expect(refused.message).toContain(message)
  })
})

describe("a point in time is refused", () => {
  test("in a gap, naming both neighbours (behaviour 12)", () => {
    const request = { at: "2026-03-08T02:30", tz: "America/New_York" }
    const before = { ...host, now: Date.parse("2026-03-01T00:00:00Z") }
    const refused = Result.getOrThrow(Result.flip(resolveSchedule(request, before)))
    expect(refused.code).toBe("invalid-schedule")
    expect(refused.message).toBe(
      '"2026-03-08T02:30" does not exist in America/New_York: ' +
        "the clocks go from 2026-03-08 01:59:59 straight to 2026-03-08 03:00",
    )
    expect(refused.matches).toEqual([
      "2026-03-08T01:59:59-05:00 America/New_York (Sunday)",
      "2026-03-08T03:00:00-04:00 America/New_York (Sunday)",
    ])
  })

  test("in the past, with the time given, how long ago, and the time now (behaviour 14)", () => {
    const refused = refusal({ at: "2026-11-24T10:55" })
    expect(refused).toMatchObject({ code: "in-past", received: "2026-11-24T10:55" })
    expect(refused.message).toBe(
      '"2026-11-24T10:55" is 2026-11-24T10:55:00+01:00 Europe/Vienna (Tuesday), 5m ago; ' +
        "it is now 2026-11-24T11:00:00+01:00 Europe/Vienna (Tuesday)",
    )
    expect(refusal({ at: now - 60_001 }).code).toBe("in-past")
  })

  test.each([
    ["2026-12-01", "has no time of day"],
    ["09:00", "has no date"],
    ["tomorrow 9am", "no point in time that can be read"],
    ["20m", "is no point in time"],
    ["2026-02-30T09:00", "no date of the calendar"],
    ["2026-13-01T09:00", "no date of the calendar"],
    ["2026-12-01T24:00", "no date of the calendar"],
    ["2026-12-01T09:60", "no date of the calendar"],
    ["2026-12-01T09:00:60", "no date of the calendar"],
    ["2026-12-01T09:00+25:00", "no offset"],
    ["2026-12-01T09:00+05:75", "no offset"],
    ["", "is blank"],
    ["-5", "no whole number of milliseconds"],
    [1_764_000_000, "in epoch milliseconds lies before 1974"],
    [1.5, "no whole number of milliseconds"],
    [Number.NaN, "no whole number of milliseconds"],
    [1e300, "no whole number of milliseconds"],
    ["2300-01-01T00:00Z", "more than a century"],
    [1_800_000_000_000_000, "more than a century"],
  ])("when it is %j", (at, message) => {
    const refused = refusal({ at })
    expect(refused.code).toBe("invalid-schedule")
    expect(refused.message).toContain(message)
  })

  test("when seconds were sent, offering the milliseconds", () => {
    expect(refusal({ at: 1_800_000_000 }).hint).toContain("1800000000000")
  })

  test("when the length from now has no unit or is negative", () => {
    expect(refusal({ in: "20" }).message).toContain("write 20s, 20m, 20h or 20d")
    expect(refusal({ in: "-20m" }).message).toContain("is negative")
    expect(refusal({ in: "40000d" }).message).toContain("more than a century")
  })
})

describe("a schedule is refused", () => {
  test("when it says two times, naming both", () => {
    const both = { in: "5m", cron: daily } as unknown as ScheduleRequest
    expect(refusal(both).message).toBe("The schedule says in and cron")
  })

  test("when it says none", () => {
    const none = {} as unknown as ScheduleRequest
    expect(refusal(none)).toMatchObject({
      code: "invalid-schedule",
      expected: "exactly one of in, at, every, cron",
    })
  })
})
