import { it } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber, Scope, Stream } from "effect"
import { describe, expect } from "vitest"
import { jobStream } from "../../../events/stream.ts"
import { LogFailed } from "../../../src/log/event-log.ts"
import { makeEventLog, type Persistence } from "../../../src/log/shell.ts"
import { makeStore } from "../../../src/log/sql/make-store.ts"
import { openSqlJs } from "../../../src/log/sql/sqljs.ts"
import type { CommitRecord } from "../../../src/log/sql/store.ts"
import { makeRandom } from "../../../src/random.ts"
import { batch } from "../../contract/log-batches.ts"
import { added, jobId, started } from "../../kit/samples.ts"

const stream = jobStream(jobId)
const full = new LogFailed({ reason: "write-failed", message: "The disk is full." })

/** A disk that writes when it is told to. */
const slowDisk = () => {
  const groups: Array<ReadonlyArray<string>> = []
  const gates: Array<Deferred.Deferred<void, LogFailed>> = []
  const nameOf = ({ facts, answer }: CommitRecord) =>
    facts[0]?.event_id.split("/")[0] ?? answer?.commandId ?? "?"
  const persist: Persistence["persist"] = (group) => {
    groups.push(group.map(nameOf))
    const gate = Deferred.makeUnsafe<void, LogFailed>()
    gates.push(gate)
    return Deferred.await(gate)
  }
  return { groups, gates, persist }
}

const openedOn = (persist: Persistence["persist"]) =>
  Effect.gen(function* () {
    const engine = yield* Effect.promise(() => openSqlJs())
    const store = makeStore(engine, { random: makeRandom() })
    return yield* makeEventLog(store, { persist, backup: () => Effect.void })
  })

const settle = Effect.forEach(Array.from({ length: 20 }), () => Effect.yieldNow, { discard: true })
const opened = Effect.suspend(() => {
  const disk = slowDisk()
  return Effect.map(openedOn(disk.persist), (shell) => ({ ...disk, ...shell }))
})
const release = (gate: Deferred.Deferred<void, LogFailed> | undefined) =>
  gate === undefined ? Effect.die("no group is on its way") : Deferred.succeed(gate, undefined)

describe("a group of commits", () => {
  it.effect("is what gathered while the one before was on its way", () =>
    Effect.gen(function* () {
      const { log, groups, gates } = yield* opened
      yield* log.append(batch("a", stream, [added()]))
      yield* log.append(batch("b", stream, [started()]))
      yield* settle
      yield* log.append(batch("c", stream, [started()]))
      yield* log.append({ ...batch("d", stream, []), answer: { bodyHash: "h", result: "{}" } })
      yield* settle
      expect(groups).toEqual([["a", "b"]])
      yield* release(gates[0])
      yield* settle
      expect(groups).toEqual([
        ["a", "b"],
        ["c", "d"],
      ])
      yield* release(gates[1])
    }),
  )

  it.effect("is seen by questions before it lasts, and by followers after", () =>
    Effect.gen(function* () {
      const { log, gates } = yield* opened
      const told: Array<number> = []
      yield* log.subscribe(0).pipe(
        Stream.runForEach(({ position }) => Effect.sync(() => told.push(position))),
        Effect.forkChild,
      )
      yield* log.append(batch("a", stream, [added()]))
      yield* settle
      expect((yield* log.read({})).length).toBe(1)
      expect((yield* log.query("SELECT id FROM scheduled_jobs")).length).toBe(1)
      expect(told).toEqual([])
      yield* release(gates[0])
      yield* settle
      expect(told).toEqual([1])
    }),
  )

  it.effect("is waited for by those whose commits are in it, and by nobody else", () =>
    Effect.gen(function* () {
      const { log, gates } = yield* opened
      yield* log.durable
      yield* log.append(batch("a", stream, [added()]))
      const first = yield* Effect.forkChild(log.durable)
      yield* settle
      yield* log.append(batch("b", stream, [started()]))
      const second = yield* Effect.forkChild(log.durable)
      yield* settle
      yield* release(gates[0])
      yield* Fiber.join(first)
      yield* settle
      expect(second.pollUnsafe()).toBeUndefined()
      yield* release(gates[1])
      yield* Fiber.join(second)
      yield* log.durable
    }),
  )

  it.effect("is sent when the log is closed, before it is", () =>
    Effect.gen(function* () {
      const disk = slowDisk()
      const scope = yield* Scope.make()
      const { log } = yield* Effect.provideService(openedOn(disk.persist), Scope.Scope, scope)
      yield* log.append(batch("a", stream, [added()]))
      const waiting = yield* Effect.forkChild(log.durable)
      const closing = yield* Effect.forkChild(Scope.close(scope, Exit.void))
      yield* settle
      expect(disk.groups).toEqual([["a"]])
      expect(closing.pollUnsafe()).toBeUndefined()
      yield* release(disk.gates[0])
      yield* Fiber.join(closing)
      yield* Fiber.join(waiting)
    }),
  )

  it.effect("leaves room between two of them for whoever asks", () =>
    Effect.gen(function* () {
      const { log, gates, groups, exclusive } = yield* opened
      yield* log.append(batch("a", stream, [added()]))
      yield* settle
      const between = yield* Effect.forkChild(exclusive(Effect.sync(() => groups.length)))
      yield* log.append(batch("b", stream, [started()]))
      yield* settle
      expect(between.pollUnsafe()).toBeUndefined()
      yield* release(gates[0])
      expect(yield* Fiber.join(between)).toBe(1)
      yield* settle
      expect(groups).toEqual([["a"], ["b"]])
      yield* release(gates[1])
    }),
  )
})

describe("a log that could not be written (behaviour 64)", () => {
  const failing = Effect.gen(function* () {
    const shell = yield* opened
    const { log, gates } = shell
    yield* log.append(batch("a", stream, [added()]))
    const leaving = yield* Effect.forkChild(Effect.flip(log.durable))
    yield* settle
    yield* log.append(batch("b", stream, [started()]))
    const gathering = yield* Effect.forkChild(Effect.flip(log.durable))
    const [gate] = gates
    if (gate !== undefined) yield* Deferred.fail(gate, full)
    return { ...shell, waited: [yield* Fiber.join(leaving), yield* Fiber.join(gathering)] }
  })

  it.effect("fails whoever waits, in this group and in the next", () =>
    Effect.gen(function* () {
      const { waited, failure, groups } = yield* failing
      expect(waited).toEqual([full, full])
      expect(failure()).toEqual(full)
      yield* settle
      expect(groups).toEqual([["a"]])
    }),
  )

  it.effect("takes no command and answers no question any more", () =>
    Effect.gen(function* () {
      const { log, groups } = yield* failing
      const calls: ReadonlyArray<Effect.Effect<unknown, unknown>> = [
        log.append(batch("c", stream, [started()])),
        log.durable,
        log.head,
        log.read({}),
        log.query("SELECT 1"),
        log.answer("a"),
        log.rebuild,
        Stream.runDrain(log.subscribe(0)),
      ]
      for (const call of calls) expect(yield* Effect.flip(call)).toEqual(full)
      yield* settle
      expect(groups).toEqual([["a"]])
    }),
  )

  it.effect("also when the fault is ours", () =>
    Effect.gen(function* () {
      const { log } = yield* openedOn(() => Effect.die(new TypeError("undefined is not a disk")))
      yield* log.append(batch("a", stream, [added()]))
      const failed = yield* Effect.flip(log.durable)
      expect(failed).toMatchObject({ _tag: "LogFailed", reason: "write-failed" })
      expect(failed.message).toContain("undefined is not a disk")
    }),
  )
})
