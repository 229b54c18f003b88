import { Effect, Layer } from "effect"
import { afterEach, expect, test } from "vitest"
import { Scheduler } from "../../../src/engine/scheduler.ts"
import { EventLog, VersionConflict } from "../../../src/log/event-log.ts"
import * as MemoryLog from "../../../src/log/memory.ts"
import { settle } from "../../kit/clock.ts"
import { makeWorld, type World, type WorldOptions } from "../../kit/world.ts"

const minute = 60_000

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

/** A log on which the first `count` starts of runs meet somebody who was faster. */
const contendedLog = (count: number) =>
  Layer.effect(
    EventLog,
    Effect.map(EventLog, (log) => {
      let left = count
      return EventLog.of({
        ...log,
        append: (batch) => {
          const stream = batch.facts[0]?.stream ?? ""
          if (left === 0 || batch.facts[0]?.fact.type !== "run.started") return log.append(batch)
          left -= 1
          const conflict = new VersionConflict({ stream, expected: 1, actual: 2 })
          return Effect.andThen(Effect.yieldNow, Effect.fail(conflict))
        },
      })
    }),
  ).pipe(Layer.provide(MemoryLog.yieldingLayer))

test("a start that meets a conflict keeps its one slot and takes no second", async () => {
  const world = await live({
    log: contendedLog(3),
    run: () => Effect.never,
    settings: { maxConcurrent: 1 },
  })
  await world.add({ jobId: "job_a", schedule: { in: "1m" } })
  await world.add({ jobId: "job_b", schedule: { in: "1m" } })
  await world.clock.advance(minute + 5_000)
  expect(world.asked).toHaveLength(1)
  expect((await world.runs()).filter(({ status }) => status === "running")).toHaveLength(1)
})

test("a start that is refused is asked for again within seconds", async () => {
  const world = await live({ log: contendedLog(9) })
  await world.add({ schedule: { in: "10s" } })
  await world.clock.advance(10_000)
  await settle(400)
  await world.clock.advance(2_000)
  expect(await world.runs()).toMatchObject([{ status: "ok" }])
})

test("the same id from another chat is another command", async () => {
  const world = await live()
  await world.add({ schedule: { every: minute } })
  const command = { type: "disable-job", jobId: "job_1" } as const
  const from = (chatId: string) =>
    ({ kind: "user", id: "ada", channel: "cli_chat", chatId }) as const
  await world.dispatch(command, from("one"), "call_1")
  await expect(world.dispatch(command, from("other"), "call_1")).rejects.toMatchObject({
    code: "invalid-input",
  })
})

test("a channel that breaks fails its delivery, and nothing else", async () => {
  const broken = { kind: "cli_chat", idempotent: false, send: () => Effect.die(new Error("boom")) }
  const world = await live({ channel: broken })
  await world.add({ schedule: { every: minute } })
  await world.clock.advance(2 * minute)
  expect(await world.runs()).toMatchObject([{ delivery: "failed" }, { delivery: "failed" }])
  const failure = Scheduler.use((scheduler) => scheduler.failure)
  const outcome = await world.runtime.runPromise(
    Effect.raceFirst(Effect.exit(failure), Effect.as(Effect.yieldNow, "well")),
  )
  expect(outcome).toBe("well")
})

test("a channel that never answers leaves its delivery unknown", async () => {
  const hanging = { kind: "cli_chat", idempotent: false, send: () => Effect.never }
  const world = await live({ channel: hanging })
  await world.add({ schedule: { in: "1m" } })
  await world.clock.advance(3 * minute)
  expect(await world.runs()).toMatchObject([{ status: "ok", delivery: "unknown" }])
})
