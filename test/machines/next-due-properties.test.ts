import { describe, expect, test } from "vitest"
import type { Cron, Schedule } from "../../events/schedule.ts"
import { instantOf, nextDue, occurrencesBetween } from "../../machines/next-due.ts"

/** A small seeded generator: the same seed, the same walk; a failure names its schedule and instant. */
const randomFrom = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const zones = [
  "UTC",
  "Europe/Vienna",
  "America/New_York",
  "Australia/Lord_Howe",
  "Asia/Kathmandu",
  "America/St_Johns",
  "Africa/Casablanca",
  "Pacific/Chatham",
]

/** Half of the instants lie around a change of the clocks of one of the zones. */
const changes = [
  "2026-03-08T07:00:00Z",
  "2026-11-01T06:00:00Z",
  "2026-03-29T01:00:00Z",
  "2026-10-25T01:00:00Z",
  "2026-10-03T15:30:00Z",
  "2026-04-04T15:00:00Z",
  "2026-03-08T05:30:00Z",
  "2026-09-26T14:00:00Z",
].map(Date.parse)

const randomWorld = (seed: number) => {
  const random = randomFrom(seed)
  const below = (bound: number): number => Math.floor(random() * bound)
  const pick = <T>(values: readonly [T, ...ReadonlyArray<T>]): T =>
    values[below(values.length)] ?? values[0]
  const field = (max: number): string =>
    pick([
      () => "*",
      () => `${below(max)}`,
      () => `*/${1 + below(Math.min(max, 20))}`,
      () => `${below(max >> 1)}-${(max >> 1) + below(max >> 1)}`,
      () => `${below(max)},${below(max)}`,
    ])()
  const expr = (): string => {
    const seconds = pick(["", "", "", `${below(60)} `, "*/10 ", "* "])
    const hour = pick([field(24), field(24), "2", "1,2,3", "0-3"])
    const days = pick(["* * *", "* * *", "* * 1-5", "15 * 1", "*/2 * *", "1,15 * *"])
    return `${seconds}${field(60)} ${hour} ${days}`
  }
  const cron = (): Cron => ({ type: "cron", expr: expr(), tz: pick(["UTC", ...zones]) })
  const instant = (): number => {
    const around = changes[below(changes.length)] ?? 0
    return random() < 0.5
      ? around + below(4 * 3_600_000) - 2 * 3_600_000
      : Date.parse("2026-01-01T00:00:00Z") + below(365 * 86_400_000)
  }
  return { below, cron, instant, random }
}

const schedulesCount = 250

describe.each([1, 2, 3])("random cron schedules, seed %i", (seed) => {
  test("are due strictly after, on a whole second", () => {
    const { cron, instant } = randomWorld(seed)
    for (let round = 0; round < schedulesCount; round++) {
      const [schedule, after] = [cron(), instant()]
      const dueAt = nextDue(schedule, after)
      expect(dueAt, said(schedule, after)).toBeGreaterThan(after)
      expect((dueAt ?? 0) % 1_000, said(schedule, after)).toBe(0)
    }
  })

  test("have the same next occurrence from anywhere before it", () => {
    const { cron, instant, below } = randomWorld(seed + 100)
    for (let round = 0; round < schedulesCount; round++) {
      const [schedule, after] = [cron(), instant()]
      const dueAt = nextDue(schedule, after) ?? 0
      for (const between of [after + below(dueAt - after), dueAt - 1_000, dueAt - 1]) {
        if (between < after) continue
        expect(nextDue(schedule, between), said(schedule, between)).toBe(dueAt)
      }
    }
  })

  test("add up to their spans", () => {
    const { cron, instant, below } = randomWorld(seed + 200)
    for (let round = 0; round < schedulesCount / 2; round++) {
      const [schedule, after] = [cron(), instant()]
      const upTo = after + below(round % 2 === 0 ? 6 * 3_600_000 : 3 * 86_400_000)
      const span = occurrencesBetween(schedule, after, upTo)
      expect(span, said(schedule, after)).toEqual(walked(schedule, after, upTo))
      if (span === undefined) continue
      expect(nextDue(schedule, span.last - 1), said(schedule, after)).toBe(span.last)
      expect(nextDue(schedule, span.last), said(schedule, after)).toBeGreaterThan(upTo)
    }
  })
})

/** The slow truth: one by one, giving up at a thousand as the fast way does. */
const walked = (schedule: Schedule, after: number, upTo: number) => {
  const dues: Array<number> = []
  let dueAt = nextDue(schedule, after)
  while (dueAt !== undefined && dueAt <= upTo && dues.length <= 1_000) {
    dues.push(dueAt)
    dueAt = nextDue(schedule, dueAt)
  }
  const [first] = dues
  if (first === undefined) return undefined
  const counted = dues.length <= 1_000
  const last = counted ? dues.at(-1) : occurrencesBetween(schedule, after, upTo)?.last
  return { first, last, count: counted ? dues.length : null }
}

/** What the clocks show, asked of the runtime itself and of no library. */
const clockReader = (tz: string) => {
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone: tz,
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  })
  return (at: number): string => format.format(at)
}

describe("an interval pattern is due whenever the clocks show it", () => {
  test.each(
    zones.flatMap((tz) => [
      [tz, "*/7 * * * *", /:(?:00|07|14|21|28|35|42|49|56)$/] as const,
      [tz, "*/20 */2 * * *", /^\d?[02468]:(?:00|20|40)$/] as const,
      [tz, "5 * * * *", /:05$/] as const,
    ]),
  )("%s %s", (tz, expr, shown) => {
    const read = clockReader(tz)
    for (const change of changes) {
      const from = change - 3 * 3_600_000
      const expected: Array<number> = []
      for (let at = from + 60_000; at <= change + 3 * 3_600_000; at += 60_000) {
        if (shown.test(read(at))) expected.push(at)
      }
      const dues: Array<number> = []
      let dueAt = nextDue({ type: "cron", expr, tz }, from)
      while (dueAt !== undefined && dueAt <= change + 3 * 3_600_000) {
        dues.push(dueAt)
        dueAt = nextDue({ type: "cron", expr, tz }, dueAt)
      }
      expect(dues).toEqual(expected)
    }
  })
})

describe("a local time is the first instant at which the clocks show it, or in a gap", () => {
  test.each(zones)("in %s", (tz) => {
    const read = dateReader(tz)
    for (const change of changes) {
      const first = new Map<string, number>()
      for (let at = change - 20 * 3_600_000; at <= change + 20 * 3_600_000; at += 300_000) {
        const shown = read(at)
        if (!first.has(shown)) first.set(shown, at)
      }
      const middle = Date.parse(`${read(change)}Z`)
      for (
        let wallMs = middle - 4 * 3_600_000;
        wallMs < middle + 4 * 3_600_000;
        wallMs += 300_000
      ) {
        const text = new Date(wallMs).toISOString().slice(0, 16)
        const instant = instantOf(wallMs, tz)
        expect("at" in instant ? instant.at : undefined, `${text} ${tz}`).toBe(first.get(text))
      }
    }
  })
})

/** The date and the minute that the clocks of `tz` show, as ISO 8601 writes them. */
const dateReader = (tz: string) => {
  const format = new Intl.DateTimeFormat("sv-SE", {
    timeZone: tz,
    dateStyle: "short",
    timeStyle: "short",
  })
  return (at: number): string => format.format(at).replace(" ", "T")
}

const said = (schedule: Cron, at: number): string =>
  `${schedule.expr} ${schedule.tz} at ${new Date(at).toISOString()}`
