import { readFileSync } from "node:fs"
import { IANAZone } from "luxon"
import { describe, expect, test } from "vitest"
import type { Schedule } from "../../events/schedule.ts"
import { nextRuns, occurrencesBetween } from "../../machines/next-due.ts"
import { dstCases, dstRows, fixedCron, instantOf, runInGap, runInOverlap } from "./dst-cases.ts"

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

const cron = (expr: string, tz: string): Schedule => ({ type: "cron", expr, tz })

/** What a schedule comes to in the day before a change and the day after it. */
const around = (schedule: Schedule, at: number): ReadonlyArray<number> => {
  const runs = nextRuns(schedule, { from: at - day, count: 200 })
  return runs.filter((dueAt) => dueAt < at + day)
}

const nights = dstCases.flatMap((one) => [
  { zone: one.zone, kind: "skip", change: one.gap, runsAt: runInGap(one) },
  { zone: one.zone, kind: "repeat", change: one.overlap, runsAt: runInOverlap(one) },
])

describe("when the clocks are set (behaviours 8-11)", () => {
  test("at least twelve zones are looked at, each with both changes", () => {
    expect(new Set(dstCases.map(({ zone }) => zone)).size).toBeGreaterThanOrEqual(12)
  })

  test.each(nights)("the zone data has $zone $kind an hour then", ({ zone, kind, change }) => {
    const at = instantOf(change)
    const offset = (instant: number) => IANAZone.create(zone).offset(instant)
    const movedMinutes = offset(at) - offset(at - 1)
    expect(Math.sign(movedMinutes)).toBe(kind === "skip" ? 1 : -1)
    const wall = (instant: number, minutes: number) =>
      new Date(instant + minutes * minute).toISOString().slice(11, 16)
    expect(wall(at, offset(at))).toBe(change.to)
    expect(wall(at, offset(at - 1))).toBe(change.from.replace("24:00", "00:00"))
  })

  test.each(nights)(
    "$zone, $kind: a job of a fixed time runs once that night, as published",
    ({ zone, change, runsAt }) => {
      const runs = around(cron(fixedCron(change), zone), instantOf(change))
      expect(runs).toContain(runsAt)
      expect(runs.filter((at) => Math.abs(at - runsAt) < 12 * hour)).toEqual([runsAt])
    },
  )

  test.each(nights)(
    "$zone, $kind: a list of hours is fixed times as well (behaviour 10b)",
    ({ zone, change, runsAt }) => {
      const [minutes = "", hours = ""] = fixedCron(change).split(" ")
      const noon = (Number(hours) + 12) % 24
      const runs = around(cron(`${minutes} ${hours},${noon} * * *`, zone), instantOf(change))
      expect(runs.filter((at) => Math.abs(at - runsAt) < 6 * hour)).toEqual([runsAt])
    },
  )

  test.each(nights)(
    "$zone, $kind: an interval of the clock follows the instants that exist",
    ({ zone, change }) => {
      const runs = around(cron("*/30 * * * *", zone), instantOf(change))
      const gaps = runs.slice(1).map((at, index) => at - (runs[index] ?? at))
      expect(new Set(gaps)).toEqual(new Set([30 * minute]))
      expect(runs).toContain(instantOf(change))
    },
  )

  test.each(nights)("$zone, $kind: an `every` knows no clocks", ({ zone, change }) => {
    const at = instantOf(change)
    const every: Schedule = { type: "every", everyMs: 45 * minute, anchorAt: at - day, tz: zone }
    const runs = around(every, at)
    expect(runs).toEqual(
      Array.from({ length: runs.length }, (_one, index) => at - day + (index + 1) * 45 * minute),
    )
  })

  test.each(nights)("$zone, $kind: a span over the night counts the same", ({ zone, change }) => {
    const at = instantOf(change)
    for (const expr of [fixedCron(change), "*/30 * * * *", "0 * * * *"]) {
      const schedule = cron(expr, zone)
      const runs = around(schedule, at)
      expect(occurrencesBetween(schedule, at - day, at + day - 1)).toEqual({
        first: runs[0],
        last: runs.at(-1),
        count: runs.length,
      })
    }
  })
})

describe("docs/reference/dst.md", () => {
  const page = readFileSync(new URL("../../docs/reference/dst.md", import.meta.url), "utf8")
  const rows = page.match(/^\| [A-Z]\w+\/.*$/gm)?.map((row) => row.replaceAll(/ +/g, " ")) ?? []

  test("publishes what is tested here, row by row", () => {
    expect(rows).toEqual(dstRows())
  })
})
