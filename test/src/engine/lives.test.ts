import { Effect } from "effect"
import { afterEach, describe, expect, test } from "vitest"
import * as MemoryLog from "../../../src/log/memory.ts"
import { AgentFailed } from "../../../src/run/agent.ts"
import { sharedLog } from "../../kit/shared-log.ts"
import { settle } from "../../kit/clock.ts"
import { makeWorld, monday, type World, type WorldOptions } from "../../kit/world.ts"

const second = 1_000
const minute = 60_000
const hour = 60 * minute
const everyMinute = { every: minute }

const worlds: Array<World> = []
afterEach(async () => {
  await Promise.all(worlds.splice(0).map((world) => world.dispose()))
})

/** An agent that takes so long, on the world's clock. */
const taking = (ms: number, world: () => World) => () =>
  Effect.callback<{ text: string }>((resume) => {
    const done = () => resume(Effect.succeed({ text: "done" }))
    const timer = world().clock.after(ms, done)
    return Effect.sync(timer)
  })

/** Nothing in the engine may rely on a log that answers at once. */
describe.each([
  ["memory", MemoryLog.layer],
  ["a log that yields at every call", MemoryLog.yieldingLayer],
])("on %s", (_, log) => {
  const live = async (options: WorldOptions = {}): Promise<World> => {
    const world = makeWorld({ log, ...options })
    worlds.push(world)
    await world.start()
    return world
  }

  describe("a job that falls due", () => {
    test("is run by the agent, delivered, and rescheduled", async () => {
      const world = await live()
      await world.add({ schedule: everyMinute, prompt: "What is new?" })

      await world.clock.advance(minute)

      expect(await world.story()).toEqual([
        "job.added",
        "run.started",
        "run.succeeded",
        "job.rescheduled",
      ])
      expect(world.messages).toMatchObject([{ chatId: "default", text: "What is new?" }])
      expect(await world.jobs()).toMatchObject([
        { state: "rescheduled", next_run_at: monday + 2 * minute, last_status: "ok" },
      ])
      expect(await world.runs()).toMatchObject([
        { status: "ok", due_at: monday + minute, late_ms: 0, delivery: "delivered" },
      ])
    })

    test("runs once and at once, however often one looks (behaviour 30)", async () => {
      const world = await live()
      await world.add({ schedule: everyMinute })
      await world.clock.advance(minute - second)
      const before = (await world.facts()).length

      for (let look = 0; look < 100; look += 1) await world.jobs()
      expect(await world.facts()).toHaveLength(before)

      await world.clock.advance(second)
      expect(await world.runs()).toHaveLength(1)
    })

    test("nothing runs without the clock", async () => {
      const world = makeWorld()
      worlds.push(world)
      await world.start({ clock: false })
      await world.add({ schedule: everyMinute })

      await world.clock.advance(10 * minute)

      expect(world.asked).toEqual([])
      expect(await world.story()).toEqual(["job.added"])
    })
  })

  describe("a one-shot job", () => {
    const at = monday + minute

    test("is disabled when it is done (behaviour 31)", async () => {
      const world = await live()
      await world.add({ schedule: { at } })
      await world.clock.advance(minute)
      expect(await world.jobs()).toMatchObject([
        {
          state: "disabled",
          disabled_reason: "one-shot-done",
          next_run_at: null,
          last_status: "ok",
        },
      ])
    })

    test("is removed when asked to, and its runs stay (behaviour 31)", async () => {
      const world = await live()
      await world.add({ schedule: { at }, deleteAfterRun: true })
      await world.clock.advance(minute)
      expect(await world.jobs()).toEqual([])
      expect(await world.runs()).toMatchObject([{ status: "ok" }])
    })

    test("is disabled with the error when it fails, never deleted (behaviour 31)", async () => {
      const fatal = new AgentFailed({ name: "Broken", message: "no such model", class: "fatal" })
      const world = await live({ run: () => Effect.fail(fatal) })
      await world.add({ schedule: { at }, deleteAfterRun: true })
      await world.clock.advance(minute)
      expect(await world.jobs()).toMatchObject([
        {
          state: "disabled",
          last_status: "error",
          last_error: expect.stringContaining("no such model"),
        },
      ])
    })

    test("that ran before a restart does not run again (behaviour 32)", async () => {
      const log = await sharedLog()
      const first = await live({ log: log.layer })
      await first.add({ schedule: { at } })
      await first.clock.advance(minute)
      await first.stop()

      const second = await live({ log: log.layer, clock: first.clock })
      await second.clock.advance(30 * minute)
      expect(second.asked).toEqual([])
    })
  })

  describe("a run that takes long", () => {
    test("lets its own occurrences pass, recorded as skipped (behaviour 35)", async () => {
      const world: World = await live({ run: taking(150 * second, () => world) })
      await world.add({ schedule: everyMinute })

      await world.clock.advance(minute + 150 * second + 30 * second)

      const runs = await world.runs()
      expect(runs.map(({ due_at }) => (due_at - monday) / second)).toEqual([60, 240])
      const skipped = (await world.facts()).find(({ fact }) => fact.type === "occurrences.skipped")
      expect(skipped?.fact).toMatchObject({
        reason: "overlap",
        from: monday + 2 * minute,
        to: monday + 3 * minute,
        count: 2,
      })
    })

    test("blocks no other job while a slot is free (behaviour 36)", async () => {
      const world: World = await live({
        run: (request) =>
          request.jobId === "job_slow"
            ? taking(5 * hour, () => world)()
            : Effect.succeed({ text: "quick" }),
      })
      await world.add({
        jobId: "job_slow",
        schedule: { in: "1m" },
        policy: { timeoutMs: 6 * hour },
      })
      await world.add({ jobId: "job_quick", schedule: { in: "2m" } })
      await world.clock.advance(2 * minute)
      expect(await world.runs()).toMatchObject([
        { job_id: "job_slow", status: "running" },
        { job_id: "job_quick", status: "ok", late_ms: 0 },
      ])
    })

    test("waits for a slot when all are taken, and starts when one is free", async () => {
      const world: World = await live({
        run: taking(90 * second, () => world),
        settings: { maxConcurrent: 1 },
      })
      await world.add({ jobId: "job_a", schedule: { in: "1m" } })
      await world.add({ jobId: "job_b", schedule: { in: "1m" } })
      await world.clock.advance(minute)
      expect(world.asked.map(({ jobId }) => jobId)).toEqual(["job_a"])

      await world.clock.advance(90 * second)
      expect(world.asked.map(({ jobId }) => jobId)).toEqual(["job_a", "job_b"])
      expect((await world.runs())[1]).toMatchObject({ late_ms: 90 * second })
    })

    test("is aborted at its deadline, and a late answer changes nothing (behaviour 41)", async () => {
      let aborted = false
      let answerLate: Effect.Effect<void> = Effect.void
      const world = await live({
        run: (_, { answeredLate }) => {
          answerLate = answeredLate({ type: "succeeded", text: "too late" })
          return Effect.onInterrupt(Effect.never, () =>
            Effect.sync(() => {
              aborted = true
            }),
          )
        },
      })
      await world.add({
        schedule: { in: "1m" },
        policy: { timeoutMs: 5_000, retry: { attemptsMax: 1 } },
      })
      await world.clock.advance(minute + 5 * second)

      expect(aborted).toBe(true)
      expect(await world.runs()).toMatchObject([{ status: "timed-out" }])
      const [before] = await world.jobs()
      await world.runtime.runPromise(answerLate)
      await settle()
      expect((await world.story()).at(-1)).toBe("run.answered-late")
      expect((await world.runs())[0]).toMatchObject({ status: "timed-out", output: null })
      expect((await world.jobs())[0]).toEqual({ ...before, version: (before?.version ?? 0) + 1 })
    })
  })
})
