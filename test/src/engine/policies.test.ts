import { Effect } from "effect"
import { afterEach, describe, expect, test } from "vitest"
import type { FactOf, FactType } from "../../../events/fact.ts"
import { makeTestClock } from "../../kit/clock.ts"
import { sharedLog } from "../../kit/shared-log.ts"
import { makeWorld, monday, type World, type WorldOptions } from "../../kit/world.ts"

const second = 1_000
const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const daily = { cron: "0 10 * * *", tz: "UTC" }

const worlds: Array<World> = []
const live = async (options: WorldOptions = {}): Promise<World> => {
  const world = makeWorld(options)
  worlds.push(world)
  await world.start()
  return world
}
afterEach(async () => {
  await Promise.all(worlds.splice(0).map((world) => world.dispose()))
})

const factsOf = async <Type extends FactType>(world: World, type: Type) =>
  (await world.facts()).map(({ fact }) => fact).filter((fact) => fact.type === type) as Array<
    FactOf<Type>
  >

const minutesDue = async (world: World) =>
  (await world.runs()).map(({ due_at }) => (due_at - monday) / minute)

/** An agent that takes so long, and the clock it goes by. */
const taking = (ms: number) => {
  const clock = makeTestClock(monday)
  const run = () =>
    Effect.callback<{ text: string }>((resume) => {
      const done = () => resume(Effect.succeed({ text: "done" }))
      return Effect.sync(clock.after(ms, done))
    })
  return { clock, run }
}

/** A world with the jobs of `add`, down for `downMs`, and back. */
const downFor = async (
  downMs: number,
  add: (world: World) => Promise<unknown>,
  options: WorldOptions = {},
) => {
  const log = await sharedLog()
  const before = await live({ ...options, log: log.layer })
  await add(before)
  await before.stop()
  before.clock.step(downMs)
  return live({ ...options, log: log.layer, clock: before.clock })
}

describe("catch-up after three days down (behaviour 34)", () => {
  test.each([
    ["none", 0, 3],
    ["latest", 1, 2],
    ["all", 3, 0],
  ] as const)("%s: %i runs, %i skipped", async (mode, runsCount, skippedCount) => {
    const world = await downFor(3 * day, (before) =>
      before.add({ schedule: daily, policy: { catchUp: { mode } } }),
    )
    await world.clock.advance(minute)

    const skipped = await factsOf(world, "occurrences.skipped")
    expect(await world.runs()).toHaveLength(runsCount)
    expect(skipped.reduce((sum, { count }) => sum + (count ?? 0), 0)).toBe(skippedCount)
    expect(skipped.every(({ reason }) => reason === "downtime")).toBe(true)
    expect(await world.jobs()).toMatchObject([{ next_run_at: monday + hour + 3 * day }])
  })

  test("all: one span is queued at the start, and runs one after the other", async () => {
    const world = await downFor(
      3 * day,
      (before) => before.add({ schedule: daily, policy: { catchUp: { mode: "all" } } }),
      taking(10 * minute),
    )
    expect(await factsOf(world, "occurrences.queued")).toMatchObject([
      { cause: "catch-up", from: monday + hour, to: monday + hour + 2 * day, count: 3 },
    ])
    expect(await world.runs()).toMatchObject([{ status: "running", trigger: "catch-up" }])
    await world.clock.advance(40 * minute)
    expect(await world.runs()).toMatchObject([
      { due_at: monday + hour, started_at: monday + 3 * day, status: "ok" },
      { due_at: monday + hour + day, started_at: monday + 3 * day + 10 * minute, status: "ok" },
      { due_at: monday + hour + 2 * day, trigger: "catch-up", status: "ok" },
    ])
  })

  test("a window leaves out what lies too far back, and a maximum the oldest", async () => {
    const policy = { catchUp: { mode: "all", windowMs: 2 * day, countMax: 1 } } as const
    const world = await downFor(3 * day, (before) => before.add({ schedule: daily, policy }))
    await world.clock.advance(minute)

    expect(await world.runs()).toMatchObject([{ due_at: monday + hour + 2 * day }])
    expect(await factsOf(world, "occurrences.skipped")).toMatchObject([
      { reason: "window", from: monday + hour, to: monday + hour + day, count: 2 },
    ])
  })

  test("latest runs nothing when even the latest lies before the window", async () => {
    const policy = { catchUp: { windowMs: hour } } as const
    const world = await downFor(3 * day, (before) => before.add({ schedule: daily, policy }))
    await world.clock.advance(minute)

    expect(world.asked).toEqual([])
    expect(await factsOf(world, "occurrences.skipped")).toMatchObject([
      { reason: "window", count: 3 },
    ])
  })

  test("none needs no slot", async () => {
    const world = await downFor(
      3 * day,
      async (before) => {
        await before.add({ jobId: "job_busy", schedule: daily })
        await before.add({
          jobId: "job_none",
          schedule: daily,
          policy: { catchUp: { mode: "none" } },
        })
      },
      { settings: { maxConcurrent: 1 }, run: () => Effect.never },
    )
    await world.clock.advance(minute)
    const [, none] = await world.jobs()
    expect(await world.runs()).toMatchObject([{ job_id: "job_busy", status: "running" }])
    expect(none).toMatchObject({ id: "job_none", next_run_at: monday + hour + 3 * day })
  })

  test("days of a job of every second, none, are one span and no walk", async () => {
    const policy = { catchUp: { mode: "none" } } as const
    const world = await downFor(3 * day, (before) =>
      before.add({ schedule: { every: second }, policy }),
    )
    expect(await factsOf(world, "occurrences.skipped")).toMatchObject([{ count: null }])
  })

  test("many start spread out, the oldest first, and what comes due now is not held up", async () => {
    const world = await downFor(
      3 * day,
      async (before) => {
        for (const minutesLate of [9, 8, 7, 6, 5, 4, 3, 2]) {
          const cron = `${minutesLate} 10 * * *`
          await before.add({ jobId: `job_${minutesLate}`, schedule: { cron, tz: "UTC" } })
        }
        await before.add({ jobId: "job_now", schedule: { at: monday + 3 * day + second } })
      },
      { settings: { maxConcurrent: 2 } },
    )
    await world.clock.advance(minute)
    const starts = (await world.runs()).map(({ job_id, started_at }) => [
      job_id,
      (started_at - monday - 3 * day) / second,
    ])
    expect(starts).toEqual([
      ["job_2", 0],
      ["job_3", 0],
      ["job_4", 1],
      ["job_now", 1],
      ["job_5", 2],
      ["job_6", 3],
      ["job_7", 4],
      ["job_8", 5],
      ["job_9", 6],
    ])
  })
})

describe("an occurrence that is due while a run is open", () => {
  test("queue-one: the first waits, the others are skipped", async () => {
    const world = await live(taking(150 * second))
    await world.add({ schedule: { every: minute }, policy: { overlap: "queue-one" } })
    await world.clock.advance(7 * minute)

    expect((await world.runs()).map(({ due_at, started_at }) => [due_at, started_at])).toEqual([
      [monday + minute, monday + minute],
      [monday + 2 * minute, monday + 3.5 * minute],
      [monday + 4 * minute, monday + 6 * minute],
    ])
    expect(await factsOf(world, "occurrences.skipped")).toMatchObject([
      { reason: "overlap", from: monday + 3 * minute, count: 1 },
      { reason: "overlap", from: monday + 5 * minute, to: monday + 6 * minute, count: 2 },
    ])
  })

  test("cancel-previous: the open run is ended and the next starts, also in the last slot", async () => {
    let abortedCount = 0
    const aborted = Effect.sync(() => void (abortedCount += 1))
    const world = await live({
      settings: { maxConcurrent: 1 },
      run: () => Effect.onInterrupt(Effect.never, () => aborted),
    })
    await world.add({ schedule: { every: minute }, policy: { overlap: "cancel-previous" } })
    await world.clock.advance(3 * minute)

    expect(await world.runs()).toMatchObject([
      { status: "cancelled", due_at: monday + minute, finished_at: monday + 2 * minute },
      { status: "cancelled", due_at: monday + 2 * minute, started_at: monday + 2 * minute },
      { status: "running", due_at: monday + 3 * minute, late_ms: 0 },
    ])
    expect((await world.runs())[0]?.error).toMatch(/cancel-previous: .* came due/)
    expect(abortedCount).toBe(2)
  })

  test("cancel-previous leaves a run by hand alone", async () => {
    const world = await live(taking(90 * second))
    await world.add({ schedule: { every: minute }, policy: { overlap: "cancel-previous" } })
    await world.dispatch({ type: "run-job", jobId: "job_1", runId: "run_hand" })
    await world.clock.advance(90 * second)
    expect(await world.runs()).toMatchObject([
      { id: "run_hand", status: "ok" },
      { due_at: monday + minute, late_ms: 30 * second },
    ])
  })
})

describe("jitter and bounds", () => {
  test("a job starts the same while after each due time, and never before", async () => {
    const world = await live({ settings: { maxConcurrent: 50 } })
    for (let index = 0; index < 20; index += 1) {
      await world.add({
        jobId: `job_${index}`,
        schedule: { every: hour },
        policy: { jitterMs: 10 * minute },
      })
    }
    await world.clock.advance(2 * hour + 10 * minute)
    const runs = await world.runs()
    const late = (job: number) =>
      runs.filter(({ job_id }) => job_id === `job_${job}`).map(({ late_ms }) => late_ms)
    const offsets = Array.from({ length: 20 }, (_, job) => late(job))
    for (const [first, next] of offsets) {
      expect(first).toBe(next)
      expect(first).toBeLessThanOrEqual(10 * minute)
    }
    expect(new Set(offsets.map(([first]) => first)).size).toBeGreaterThan(15)
  })

  test("a job runs from its beginning to its end, and is over then", async () => {
    const world = await live()
    const policy = { startAt: monday + 2 * hour, endAt: monday + 4 * hour }
    await world.add({ schedule: { every: hour }, policy })
    await world.clock.advance(day)
    expect(await minutesDue(world)).toEqual([120, 180, 240])
    expect(await world.jobs()).toMatchObject([{ state: "disabled", disabled_reason: "ended" }])
  })

  test("a job runs so many times", async () => {
    const world = await live()
    await world.add({ schedule: { every: hour }, policy: { runsMax: 3 } })
    await world.clock.advance(day)
    expect(await minutesDue(world)).toEqual([60, 120, 180])
    expect(await world.jobs()).toMatchObject([{ disabled_reason: "ended", next_run_at: null }])
  })
})
