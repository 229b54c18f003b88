import { it } from "@effect/vitest"
import { Effect, Fiber, Stream, type Scope } from "effect"
import { describe, expect } from "vitest"
import type { Fact } from "../../../events/fact.ts"
import { jobStream } from "../../../events/stream.ts"
import { added, noon, started } from "../../kit/samples.ts"
import { batch, metaOf } from "../log-batches.ts"
import { life, onNewLog, stream, type Log, type LogTrial } from "./trial.ts"

/** How a log is read, and followed. */
export const readingContract = (name: string, trial: LogTrial): void => {
  const { place, survives } = trial
  const opened = onNewLog(trial)

  describe(`${name}: it is read`, () => {
    const filled = (test: (log: Log) => Effect.Effect<void, unknown, Scope.Scope>) =>
      opened((log) =>
        Effect.gen(function* () {
          yield* log.append(batch("a", stream, life))
          yield* log.append(batch("b", jobStream("job_b"), [added({ jobId: "job_b" })]))
          yield* log.append(batch("c", stream, life.slice(1)))
          yield* test(log)
        }),
      )
    const positions = (log: Log, options: Parameters<Log["read"]>[0]) =>
      Effect.map(log.read(options), (facts) => facts.map(({ position }) => position))

    it.effect("by bounds and in both directions", () =>
      filled((log) =>
        Effect.gen(function* () {
          expect(yield* positions(log, {})).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
          expect(yield* positions(log, { after: 2, upTo: 6 })).toEqual([3, 4, 5, 6])
          expect(yield* positions(log, { after: 2, limit: 3 })).toEqual([3, 4, 5])
          expect(yield* positions(log, { direction: "backward", limit: 2 })).toEqual([8, 7])
          expect(yield* positions(log, { direction: "backward", after: 5, upTo: 7 })).toEqual([
            7, 6,
          ])
          expect(yield* positions(log, { after: 8 })).toEqual([])
          expect(yield* positions(log, { limit: 0 })).toEqual([])
        }),
      ),
    )

    it.effect("by stream, and within it by version", () =>
      filled((log) =>
        Effect.gen(function* () {
          expect(yield* positions(log, { stream })).toEqual([1, 2, 3, 4, 6, 7, 8])
          expect(yield* positions(log, { stream, afterVersion: 4 })).toEqual([6, 7, 8])
          expect(yield* positions(log, { stream, after: 2, upTo: 6 })).toEqual([3, 4, 6])
          expect(yield* positions(log, { stream, direction: "backward", limit: 2 })).toEqual([8, 7])
          expect(yield* positions(log, { stream: "job-nobody" })).toEqual([])
        }),
      ),
    )

    it.effect("as it was written, text and all", () =>
      opened((log) =>
        Effect.gen(function* () {
          const { facts } = yield* log.append(batch("a", stream, life))
          expect(yield* log.read({})).toEqual(facts)
          expect(facts[0]).toEqual({
            position: 1,
            stream,
            version: 1,
            eventId: "a/0",
            at: noon,
            fact: added(),
            meta: metaOf("a"),
          })
        }),
      ),
    )

    it.effect("and a question that would write is refused", () =>
      filled((log) =>
        Effect.gen(function* () {
          for (const sql of [
            "DELETE FROM events",
            "WITH x AS (SELECT 1) DELETE FROM scheduled_jobs",
            'WITH x AS (SELECT 1) UPDATE "scheduled_jobs" SET name = 1',
            "WITH x AS (SELECT 1) REPLACE INTO job_keys VALUES ('a', 'b')",
            "DROP TABLE job_runs",
            "PRAGMA journal_mode = delete",
            "SELECT no_such_column FROM events",
          ]) {
            expect(yield* Effect.flip(log.query(sql, []))).toMatchObject({ _tag: "LogFailed" })
          }
          expect(yield* log.head).toBe(8)
          yield* log.append(batch("d", stream, life.slice(1)))
          yield* log.durable
        }),
      ),
    )

    it.effect("but not what a newer release wrote: it is named (behaviour 66)", () => {
      const somewhere = place()
      const write = Effect.gen(function* () {
        const log = yield* somewhere.open
        const teleported = { type: "job.teleported", to: "Mars" } as unknown as Fact
        yield* log.append(batch("a", stream, [...life, teleported]))
        yield* log.durable
        const unread = yield* Effect.flip(log.read({}))
        expect(unread).toMatchObject({
          _tag: "UnreadableFact",
          type: "job.teleported",
          writtenBy: "9.9.9",
          reason: "unknown-type",
        })
        expect(unread.message).toContain("Use horolog 9.9.9 or newer")
      })
      return Effect.gen(function* () {
        yield* Effect.scoped(write)
        if (!survives) return
        const refused = yield* Effect.flip(Effect.scoped(somewhere.open))
        expect(refused).toMatchObject({ _tag: "LogFailed", reason: "unreadable" })
        expect(refused.message).toContain("job.teleported")
        expect(refused.message).toContain("9.9.9")
      })
    })
  })

  describe(`${name}: it is followed`, () => {
    const many = (log: Log, from: number, to: number) =>
      Effect.forEach(
        Array.from({ length: to - from }, (_, index) => from + index),
        (index) =>
          Effect.andThen(log.append(batch(`c${index}`, stream, [started()])), Effect.yieldNow),
        { discard: true },
      )

    it.effect("from any position on, out of the past into the present, without gap or double", () =>
      opened((log) =>
        Effect.gen(function* () {
          yield* many(log, 0, 700)
          const followers = yield* Effect.forEach([0, 1, 300, 699, 700], (after) =>
            Effect.forkChild(
              log.subscribe(after).pipe(
                Stream.map(({ position }) => position),
                Stream.take(1_500 - after),
                Stream.runCollect,
              ),
            ),
          )
          yield* many(log, 700, 1_500)
          for (const [index, after] of [0, 1, 300, 699, 700].entries()) {
            const fiber = followers[index]
            if (fiber === undefined) throw new Error("no follower")
            const seen = yield* Fiber.join(fiber)
            expect(seen).toEqual(Array.from({ length: 1_500 - after }, (_, at) => after + at + 1))
          }
        }),
      ),
    )

    it.effect("and one that is slow misses nothing", () =>
      opened((log) =>
        Effect.gen(function* () {
          const slow = yield* log.subscribe(0).pipe(
            Stream.tap(({ position }) => (position % 97 === 0 ? Effect.yieldNow : Effect.void)),
            Stream.map(({ position }) => position),
            Stream.take(6_000),
            Stream.runCollect,
            Effect.forkChild,
          )
          for (let index = 0; index < 60; index += 1) {
            const facts = Array.from({ length: 100 }, () => started())
            yield* log.append(batch(`c${index}`, stream, facts))
            if (index % 7 === 0) yield* log.durable
          }
          expect(yield* Fiber.join(slow)).toEqual(Array.from({ length: 6_000 }, (_, at) => at + 1))
        }),
      ),
    )

    it.effect("and what is told is durable (behaviour 70)", () =>
      opened((log) =>
        Effect.gen(function* () {
          const told = yield* log.subscribe(0).pipe(Stream.runHead, Effect.forkChild)
          const { facts } = yield* log.append(batch("a", stream, life))
          yield* log.durable
          const [first] = facts
          expect(yield* Fiber.join(told)).toMatchObject({ value: first })
        }),
      ),
    )
  })
}
