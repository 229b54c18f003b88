import { afterEach, describe, expect, test } from "vitest"
import { EventLog } from "../../../src/log/event-log.ts"
import { makeTestClock } from "../../kit/clock.ts"
import { sharedLog } from "../../kit/shared-log.ts"
import { makeWorld, monday, type World, type WorldOptions } from "../../kit/world.ts"

const second = 1_000
const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

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

const jumps = async (world: World) =>
  (await world.facts()).map(({ fact }) => fact).filter(({ type }) => type === "clock.jumped")

describe("the wall clock", () => {
  test("set two hours on: what became due is caught up within a minute (behaviour 22)", async () => {
    const world = await live()
    await world.add({ schedule: { every: hour } })
    world.clock.step(2 * hour + 5 * minute)
    await world.clock.advance(minute)
    expect(await jumps(world)).toMatchObject([{ deltaMs: 2 * hour + 5 * minute }])
    expect(await world.runs()).toMatchObject([{ trigger: "catch-up", due_at: monday + 2 * hour }])
  })

  test("set an hour back: nothing fires twice (behaviour 22)", async () => {
    const world = await live()
    await world.add({ schedule: { every: 10 * minute } })
    await world.clock.advance(30 * minute)
    expect(await world.runs()).toHaveLength(3)
    world.clock.step(-hour)
    await world.clock.advance(90 * minute)
    const due = (await world.runs()).map(({ due_at }) => due_at)
    expect(new Set(due).size).toBe(due.length)
    expect(await jumps(world)).toMatchObject([{ deltaMs: -hour }])
  })

  test("set back by hours: plans made on the wrong clock are made anew, under a new revision", async () => {
    const world = await live()
    await world.add({ schedule: { cron: "0 10 * * *", tz: "UTC" } })
    await world.add({ jobId: "job_once", schedule: { at: monday + day } })
    world.clock.step(10 * day)
    await world.clock.advance(2 * hour)
    const before = await world.jobs()
    expect(before[0]).toMatchObject({ next_run_at: monday + hour + 11 * day })
    world.clock.step(-10 * day)
    await world.clock.advance(minute)

    expect(await jumps(world)).toHaveLength(2)
    expect((await world.jobs())[0]).toMatchObject({
      revision: (before[0]?.revision ?? 0) + 1,
      next_run_at: monday + hour + day,
    })
    await world.clock.advance(2 * day)
    const anew = (await world.runs()).filter(({ revision }) => revision === 2)
    expect(anew.map(({ due_at }) => due_at)).toEqual([monday + hour + day, monday + hour + 2 * day])
  })

  test("found back by hours at a start: the same", async () => {
    const log = await sharedLog()
    const clock = makeTestClock(monday + 10 * day)
    const before = await live({ log: log.layer, clock })
    await before.add({ schedule: { cron: "0 10 * * *", tz: "UTC" } })
    await before.stop()

    const world = await live({ log: log.layer, clock: makeTestClock(monday) })
    expect(await jumps(world)).toMatchObject([{ wallTo: monday, deltaMs: -10 * day }])
    await world.clock.advance(hour)
    expect(await world.runs()).toMatchObject([{ due_at: monday + hour, revision: 2 }])
  })

  test("set on by a day is like a night asleep: catch-up decides", async () => {
    const world = await live()
    await world.add({ schedule: { every: hour } })
    world.clock.suspend(day + 30 * minute)
    await world.clock.advance(minute)
    expect(await world.runs()).toMatchObject([{ trigger: "catch-up", due_at: monday + day }])
  })

  test("a small difference is no jump", async () => {
    const world = await live()
    world.clock.step(400)
    await world.clock.advance(2 * minute)
    expect(await jumps(world)).toEqual([])
  })
})

describe("new zone data at a start", () => {
  /** A log whose job was planned, and whose plan then comes out otherwise. */
  const plannedBefore = async (dueAt: number) => {
    const log = await sharedLog()
    const before = await live({ log: log.layer, settings: { planner: "tzdata@old" } })
    await before.add({ schedule: { cron: "0 10 * * *", tz: "UTC" } })
    await before.add({ jobId: "job_every", schedule: { every: hour } })
    const [added] = await before
      .facts()
      .then((facts) =>
        facts.filter(({ fact }) => fact.type === "job.added").map(({ fact }) => fact),
      )
    if (added?.type !== "job.added") throw new Error("no job was added")
    const plan = { ...added.plan, dueAt, wakeAt: dueAt }
    // What older zone data would have planned.
    await before.runtime.runPromise(
      EventLog.use((events) =>
        events.append({
          commandId: "older",
          at: monday,
          meta: {
            actor: { kind: "user", id: "ada" },
            command: { id: "older", name: "test" },
            correlationId: "older",
            instance: "boot",
            app: "0",
          },
          facts: [{ stream: "job-job_old", fact: { ...added, jobId: "job_old", plan } }],
          expected: [],
        }),
      ),
    )
    await before.stop()
    return { log: log.layer, clock: before.clock }
  }

  test("plans anew, as a fact, where the time is another, and nowhere else", async () => {
    const world = await live(await plannedBefore(monday + 2 * hour))
    const replanned = (await world.facts()).filter(({ fact }) => fact.type === "job.replanned")
    expect(replanned).toMatchObject([
      {
        stream: "job-job_old",
        fact: {
          reason: "zone-data",
          previousDueAt: monday + 2 * hour,
          plan: { revision: 2, dueAt: monday + hour, planner: "test" },
        },
      },
    ])
    await world.clock.advance(hour)
    expect((await world.runs()).map(({ job_id, due_at }) => [job_id, due_at])).toEqual([
      ["job_1", monday + hour],
      ["job_every", monday + hour],
      ["job_old", monday + hour],
    ])
  })

  test("leaves alone what the same zone data planned", async () => {
    const there = await plannedBefore(monday + 2 * hour)
    const world = await live({ ...there, settings: { planner: "tzdata@old" } })
    expect(await world.story()).not.toContain("job.replanned")
  })
})

describe("far away (behaviour 21)", () => {
  test.each([30, 400])("at +%i days: no early fire, at most one ring a minute", async (days) => {
    const world = await live({ settings: { pollIntervalMs: 6 * hour } })
    await world.add({ schedule: { in: `${days}d` } })
    await world.clock.advance(days * day - second)
    expect(world.asked).toEqual([])
    await world.clock.advance(second)
    expect(world.asked).toHaveLength(1)
  })
})

test("no run starts before its time, whatever the timers do (behaviour 23)", async () => {
  const world = await live({ settings: { maxConcurrent: 50 } })
  const random = sequence(7)
  for (let job = 0; job < 60; job += 1) {
    await world.add({
      jobId: `job_${job}`,
      schedule: { at: monday + Math.floor(random() * minute) + 1 },
    })
  }
  await world.clock.advance(2 * minute)
  const runs = await world.runs()
  expect(runs).toHaveLength(60)
  for (const { started_at, due_at } of runs) expect(started_at).toBeGreaterThanOrEqual(due_at)
})

/** A small seeded generator, uniform in [0, 1). */
const sequence = (seed: number) => {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32
    return state / 2 ** 32
  }
}
