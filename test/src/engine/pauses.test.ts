import { Effect } from "effect"
import { afterEach, describe, expect, test } from "vitest"
import type { FactOf, FactType } from "../../../events/fact.ts"
import { Engine } from "../../../src/engine/engine.ts"
import { sharedLog } from "../../kit/shared-log.ts"
import { settle } from "../../kit/clock.ts"
import { makeWorld, monday, type World, type WorldOptions } from "../../kit/world.ts"

const minute = 60_000
const hour = 60 * minute
const hourly = { every: hour }
const jobId = "job_1"

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

const hoursDue = async (world: World) =>
  (await world.runs()).map(({ due_at }) => (due_at - monday) / hour)

let commandsCount = 0

/** Asks the clock, as a person does. */
const everything = async (world: World, type: "pause-clock" | "resume-clock") => {
  const changed = await world.runtime.runPromise(
    Engine.use((engine) =>
      engine.clock({
        command: { type },
        commandId: `clock-${(commandsCount += 1)}`,
        by: { kind: "user", id: "ada" },
        body: type,
        answer: (decided) => decided.changed,
      }),
    ),
  )
  await settle()
  return changed
}

describe("a job that is paused", () => {
  test("runs nothing until it is resumed, and what passed is one span", async () => {
    const world = await live()
    await world.add({ schedule: hourly })
    await world.clock.advance(90 * minute)
    await world.dispatch({ type: "pause-job", jobId })
    await world.clock.advance(3 * hour)
    expect(await hoursDue(world)).toEqual([1])
    await world.dispatch({ type: "resume-job", jobId })
    await world.clock.advance(hour)

    expect(await hoursDue(world)).toEqual([1, 5])
    expect(await factsOf(world, "occurrences.skipped")).toMatchObject([
      { reason: "paused", from: monday + 2 * hour, to: monday + 4 * hour, count: 3 },
    ])
  })

  test("goes on by itself at the end, and what is due at that very moment runs", async () => {
    const world = await live()
    await world.add({ schedule: hourly })
    await world.dispatch({ type: "pause-job", jobId, until: monday + 3 * hour })
    expect(await world.jobs()).toMatchObject([
      { paused: 1, paused_until: monday + 3 * hour, wake_at: monday + 3 * hour },
    ])
    await world.clock.advance(3 * hour)

    expect(await hoursDue(world)).toEqual([3])
    expect(await factsOf(world, "occurrences.skipped")).toMatchObject([
      { reason: "paused", from: monday + hour, to: monday + 2 * hour },
    ])
    expect(await factsOf(world, "job.resumed")).toHaveLength(1)
  })

  test("stays paused through a restart, and its end is kept when it passed meanwhile", async () => {
    const log = await sharedLog()
    const before = await live({ log: log.layer })
    await before.add({ schedule: hourly })
    await before.dispatch({ type: "pause-job", jobId, until: monday + 3 * hour })
    await before.stop()
    before.clock.step(2 * hour)
    const there = await live({ log: log.layer, clock: before.clock })
    await there.clock.advance(30 * minute)
    expect(there.asked).toEqual([])
    await there.stop()

    there.clock.step(2 * hour)
    const back = await live({ log: log.layer, clock: before.clock })
    await back.clock.advance(minute)
    // 1 and 2 passed in the pause; 3 and 4 while nobody was there, and the latest is caught up with.
    expect(await hoursDue(back)).toEqual([4])
    const skipped = await factsOf(back, "occurrences.skipped")
    expect(skipped.map(({ reason, count }) => [reason, count])).toEqual([
      ["paused", 2],
      ["downtime", 1],
    ])
  })

  test("can be run by hand, and lets an open run end", async () => {
    const world = await live()
    await world.add({ schedule: hourly })
    await world.dispatch({ type: "pause-job", jobId })
    await world.dispatch({ type: "run-job", jobId, runId: "run_hand" })
    await world.clock.advance(2 * hour)
    expect(await world.runs()).toMatchObject([{ id: "run_hand", status: "ok" }])
    expect(await world.jobs()).toMatchObject([{ state: "rescheduled", paused: 1, wake_at: null }])
  })

  test("wakes nobody while it is paused for good", async () => {
    const world = await live()
    await world.add({ schedule: hourly })
    await world.dispatch({ type: "pause-job", jobId })
    const before = (await world.facts()).length
    await world.clock.advance(5 * hour)
    expect(await world.facts()).toHaveLength(before)
  })
})

describe("everything paused", () => {
  test("nothing falls due, and at the end what passed is skipped, whatever catchUp says", async () => {
    const world = await live()
    await world.add({ schedule: hourly })
    await world.add({
      jobId: "job_all",
      schedule: { every: 30 * minute },
      policy: { catchUp: { mode: "all" } },
    })
    expect(await everything(world, "pause-clock")).toBe(true)
    expect(await everything(world, "pause-clock")).toBe(false)
    await world.clock.advance(2.75 * hour)
    expect(world.asked).toEqual([])
    expect(await everything(world, "resume-clock")).toBe(true)
    await world.clock.advance(15 * minute)

    expect(await hoursDue(world)).toEqual([3, 3])
    const skipped = await factsOf(world, "occurrences.skipped")
    expect(skipped.map(({ reason, count }) => [reason, count])).toEqual([
      ["paused", 2],
      ["paused", 5],
    ])
  })

  test("stays so through a restart, and is ended by another process", async () => {
    const log = await sharedLog()
    const before = await live({ log: log.layer })
    await before.add({ schedule: hourly })
    await everything(before, "pause-clock")
    await before.stop()

    const back = await live({ log: log.layer, clock: before.clock })
    await back.clock.advance(90 * minute)
    expect(back.asked).toEqual([])
    await everything(back, "resume-clock")
    await back.clock.advance(30 * minute)
    expect(await hoursDue(back)).toEqual([2])
    expect(await factsOf(back, "occurrences.skipped")).toMatchObject([
      { reason: "paused", from: monday + hour, count: 1 },
    ])
  })

  test("is asked for where no clock runs, and holds when one starts", async () => {
    const log = await sharedLog()
    const desk = makeWorld({ log: log.layer })
    worlds.push(desk)
    await desk.start({ clock: false })
    await desk.add({ schedule: hourly })
    await everything(desk, "pause-clock")
    await desk.stop()

    const world = await live({ log: log.layer, clock: desk.clock })
    await world.clock.advance(2 * hour)
    expect(world.asked).toEqual([])
  })

  test("still times out an open run", async () => {
    const world = await live({ run: () => Effect.never })
    await world.add({
      schedule: { every: 24 * hour },
      policy: { timeoutMs: 5 * minute, retry: { attemptsMax: 1 } },
    })
    await world.clock.advance(24 * hour)
    await everything(world, "pause-clock")
    await world.clock.advance(6 * minute)
    expect(await world.runs()).toMatchObject([{ status: "timed-out" }])
  })
})
