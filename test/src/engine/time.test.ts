import { afterEach, describe, expect, test } from "vitest"
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

  test("a small difference is no jump", async () => {
    const world = await live()
    world.clock.step(400)
    await world.clock.advance(2 * minute)
    expect(await jumps(world)).toEqual([])
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
