import { Effect } from "effect"
import { afterEach, expect, test } from "vitest"
import { JobActors } from "../../../src/engine/job-actors.ts"
import { makeWorld, monday, type World, type WorldOptions } from "../../kit/world.ts"

const hour = 3_600_000

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

const actors = (world: World) => world.runtime.runPromise(JobActors)

test("a job has a live actor while it runs, and none while it waits", async () => {
  let finish = () => {}
  const world = await live({
    run: () =>
      Effect.callback((resume) => {
        finish = () => resume(Effect.succeed({ text: "done" }))
      }),
  })
  const { count } = await actors(world)
  await world.add({ schedule: { every: hour } })
  expect(count()).toBe(0)
  await world.clock.advance(hour)
  expect(count()).toBe(1)
  finish()
  await world.clock.advance(1)
  expect(count()).toBe(0)
})

test("an actor asks for the occurrence that its job's facts have planned", async () => {
  const world = await live()
  await world.add({ schedule: { every: hour } })
  const { due, count } = await actors(world)

  expect(await world.runtime.runPromise(due("job_1", { type: "due" }))).toEqual({
    type: "start-run",
    jobId: "job_1",
    revision: 1,
    dueAt: monday + hour,
    attempt: 1,
  })
  expect(count()).toBe(1)
})

test("a disabled job's actor asks for nothing and rests", async () => {
  const world = await live()
  await world.add({ schedule: { every: hour } })
  await world.dispatch({ type: "disable-job", jobId: "job_1" })
  const { due, count } = await actors(world)
  expect(await world.runtime.runPromise(due("job_1", { type: "due" }))).toBeUndefined()
  expect(count()).toBe(0)
})

test("an actor that heard of a disable it had already in its head hears it once", async () => {
  const world = await live({ run: () => Effect.never })
  await world.add({ schedule: { every: hour } })
  await world.clock.advance(hour)
  const before = await world.facts()
  const { follow, count } = await actors(world)
  for (const recorded of before) follow(recorded)
  expect(count()).toBe(1)
  expect(await world.jobs()).toMatchObject([{ state: "running" }])
})
