import { Effect, Layer, ManagedRuntime } from "effect"
import { afterEach, expect, test } from "vitest"
import { EventLog } from "../../../src/log/event-log.ts"
import { Board } from "../../../src/views/board.ts"
import { settle } from "../../kit/clock.ts"
import { makeWorld, monday, type World } from "../../kit/world.ts"

const hour = 3_600_000

const worlds: Array<World> = []
afterEach(async () => {
  await Promise.all(worlds.splice(0).map((world) => world.dispose()))
})

/** A board that follows the log of a world. */
const boardOf = async (world: World) => {
  const log = await world.runtime.runPromise(EventLog)
  const runtime = ManagedRuntime.make(Board.layer.pipe(Layer.provide(Layer.succeed(EventLog, log))))
  return runtime.runPromise(Board)
}

test("the board follows the log: clock, counts, what comes next and what runs", async () => {
  let finish = () => {}
  const world = makeWorld({
    run: () =>
      Effect.callback((resume) => {
        finish = () => resume(Effect.succeed({ text: "done" }))
      }),
  })
  worlds.push(world)
  const board = await boardOf(world)
  expect(await Effect.runPromise(board.look)).toMatchObject({ clock: "stopped", counts: {} })

  await world.start()
  await world.add({ schedule: { every: hour } })
  expect(await Effect.runPromise(board.look)).toMatchObject({
    clock: "ticking",
    counts: { enabled: 1 },
    nextDueAt: monday + hour,
    running: {},
  })

  await world.clock.advance(hour)
  const [run] = await world.runs()
  expect(board.store.getSnapshot().context.running).toEqual({
    [run?.id ?? ""]: { jobId: "job_1", startedAt: monday + hour },
  })

  finish()
  await settle()
  expect(await Effect.runPromise(board.look)).toMatchObject({
    counts: { rescheduled: 1 },
    running: {},
  })
})

test("who subscribes hears of every fact as it becomes durable", async () => {
  const world = makeWorld()
  worlds.push(world)
  const board = await boardOf(world)
  const positions: Array<number> = []
  board.store.subscribe(({ context }) => void positions.push(context.position))
  await world.start()
  await world.add({ schedule: { every: hour } })
  await settle()
  expect(positions).toEqual([1, 2, 3])
})
