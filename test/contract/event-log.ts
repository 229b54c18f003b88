import { it } from "@effect/vitest"
import { Effect, Exit, Fiber, Result, Stream, type Scope } from "effect"
import { describe, expect } from "vitest"
import type { Fact } from "../../events/fact.ts"
import { jobStream, runStream, systemStream } from "../../events/stream.ts"
import type { EventLog, LogFailed, Row } from "../../src/log/event-log.ts"
import {
  genesisHash,
  linkHash,
  saltedHash,
  bodySaltOf,
  dataSaltOf,
} from "../../src/log/sql/chain.ts"
import { added, hour, jobId, noon, runId, started } from "../kit/samples.ts"
import { batch, erased, metaOf, rescheduled, succeeded, workload } from "./log-batches.ts"

type Log = EventLog["Service"]

/** Somewhere a log can be. Opened again, it holds what it held, when it `survives`. */
export interface Place {
  readonly open: Effect.Effect<Log, LogFailed, Scope.Scope>
}

export interface LogTrial {
  readonly place: () => Place
  readonly survives: boolean
}

const stream = jobStream(jobId)
const life: ReadonlyArray<Fact> = [added(), started(), succeeded(runId), rescheduled(noon + hour)]

/** The tables, whole and in an order of their own. */
export const tablesOf = (log: Log): Effect.Effect<Record<string, ReadonlyArray<Row>>, LogFailed> =>
  Effect.all({
    scheduled_jobs: log.query("SELECT * FROM scheduled_jobs ORDER BY id"),
    job_runs: log.query("SELECT * FROM job_runs ORDER BY id"),
    deliveries: log.query("SELECT * FROM deliveries ORDER BY id"),
    job_keys: log.query("SELECT * FROM job_keys ORDER BY job_id"),
  })

/** What every event log does, whatever it is made of. */
export const eventLogContract = (name: string, { place, survives }: LogTrial): void => {
  const opened = <A, E>(test: (log: Log) => Effect.Effect<A, E, Scope.Scope>) =>
    Effect.scoped(Effect.flatMap(place().open, test))

  describe(`${name}: a batch is appended whole or not at all`, () => {
    const conflict = (version: number | "none" | "exists" | "any", history = life) =>
      opened((log) =>
        Effect.gen(function* () {
          if (history.length > 0) yield* log.append(batch("first", stream, history))
          const next = { ...batch("next", stream, life), expected: [{ stream, version }] }
          const result = yield* Effect.result(log.append(next))
          const head = yield* log.head
          return Result.isSuccess(result)
            ? { written: head - history.length }
            : { refused: result.failure, written: head - history.length }
        }),
      )

    it.effect("at the version it expects", () =>
      Effect.gen(function* () {
        expect(yield* conflict(4)).toEqual({ written: 4 })
        expect(yield* conflict("exists")).toEqual({ written: 4 })
        expect(yield* conflict("any")).toEqual({ written: 4 })
        expect(yield* conflict("any", [])).toEqual({ written: 4 })
        expect(yield* conflict("none", [])).toEqual({ written: 4 })
        expect(yield* conflict(0, [])).toEqual({ written: 4 })
      }),
    )

    it.effect("and nowhere else: the conflict says where the stream is", () =>
      Effect.gen(function* () {
        for (const version of [3, 5, 0, "none"] as const) {
          expect(yield* conflict(version)).toMatchObject({
            refused: { _tag: "VersionConflict", stream, expected: version, actual: 4 },
            written: 0,
          })
        }
        for (const version of [1, "exists"] as const) {
          expect(yield* conflict(version, [])).toMatchObject({
            refused: { _tag: "VersionConflict", stream, expected: version, actual: 0 },
            written: 0,
          })
        }
      }),
    )

    it.effect("over several streams", () =>
      opened((log) =>
        Effect.gen(function* () {
          const other = runStream(runId)
          const spawned: Fact = { type: "run.spawned", jobId, pid: 7, processStartedAt: null }
          const both = {
            ...batch("both", stream, [added(), started()]),
            facts: [
              { stream, fact: added() },
              { stream, fact: started() },
              { stream: other, fact: spawned },
            ],
          }
          const stale = { ...both, expected: [{ stream: other, version: "exists" as const }] }
          const refused = yield* Effect.flip(log.append(stale))
          expect(refused).toMatchObject({ _tag: "VersionConflict", stream: other, actual: 0 })
          expect(yield* log.read({})).toEqual([])
          expect(yield* log.query("SELECT * FROM scheduled_jobs")).toEqual([])

          const { facts } = yield* log.append(both)
          expect(facts.map(({ position, version }) => [position, version])).toEqual([
            [1, 1],
            [2, 2],
            [3, 1],
          ])
          expect(yield* log.query("SELECT id, pid FROM job_runs")).toEqual([{ id: runId, pid: 7 }])
        }),
      ),
    )

    it.effect("and a key is one job's at a time, whatever the streams", () =>
      opened((log) =>
        Effect.gen(function* () {
          const add = (id: string) =>
            log.append(batch(`add/${id}`, jobStream(id), [added({ jobId: id, key: "digest" })]))
          yield* add("job_1")
          const refused = yield* Effect.flip(add("job_2"))
          expect(refused).toMatchObject({ stream: jobStream("job_1"), expected: "none", actual: 1 })
          const removed: Fact = { type: "job.removed", reason: "manual", previousDueAt: null }
          yield* log.append(batch("remove", jobStream("job_1"), [removed]))
          yield* add("job_2")
          expect(yield* log.query("SELECT * FROM job_keys")).toEqual([
            { job_id: "job_2", key: "digest" },
          ])
        }),
      ),
    )
  })

  describe(`${name}: a command is recorded once`, () => {
    it.effect("and repeated it gives the facts that are there (behaviour 44)", () =>
      opened((log) =>
        Effect.gen(function* () {
          const first = yield* log.append(batch("add", stream, life))
          const again = yield* log.append({
            ...batch("add", stream, [added({ name: "another" })]),
            expected: [{ stream, version: "none" }],
          })
          expect(first.repeated).toBe(false)
          expect(again).toEqual({ facts: first.facts, repeated: true })
          expect(yield* log.head).toBe(4)
        }),
      ),
    )

    it.effect("and its answer is kept with it, also when nothing happened", () =>
      opened((log) =>
        Effect.gen(function* () {
          const answer = { bodyHash: "h", result: '{"refused":"no"}' }
          const silent = { ...batch("ask", stream, []), answer }
          expect(yield* log.answer("ask")).toBeUndefined()
          expect((yield* log.append(silent)).repeated).toBe(false)
          expect(yield* log.answer("ask")).toEqual(answer)
          const other = { ...silent, answer: { bodyHash: "other", result: "{}" } }
          expect(yield* log.append(other)).toEqual({ facts: [], repeated: true })
          expect(yield* log.answer("ask")).toEqual(answer)
          expect(yield* log.head).toBe(0)
          yield* log.append({ ...batch("add", stream, life), answer })
          expect(yield* log.answer("add")).toEqual(answer)
          yield* log.durable
        }),
      ),
    )
  })

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

  describe(`${name}: many write at once`, () => {
    it.effect("and every fact has a place of its own, in every stream", () =>
      opened((log) =>
        Effect.gen(function* () {
          const writers = Array.from({ length: 20 }, (_, writer) => `job_${writer % 4}`)
          const increments = Effect.fnUntraced(function* (id: string, writer: number) {
            for (let done = 0; done < 5;) {
              const versions = yield* log.read({
                stream: jobStream(id),
                direction: "backward",
                limit: 1,
              })
              const version = versions[0]?.version ?? 0
              yield* Effect.yieldNow
              const next = {
                ...batch(`${id}/${writer}/${done}`, jobStream(id), [started()]),
                expected: [{ stream: jobStream(id), version }],
              }
              const appended = yield* Effect.result(log.append(next))
              if (Result.isSuccess(appended)) done += 1
              else expect(appended.failure._tag).toBe("VersionConflict")
            }
            yield* log.durable
          })
          yield* Effect.forEach(writers, increments, { concurrency: "unbounded" })
          const facts = yield* log.read({})
          expect(facts.map(({ position }) => position)).toEqual(
            Array.from({ length: 100 }, (_, index) => index + 1),
          )
          for (const id of ["job_0", "job_1", "job_2", "job_3"]) {
            const versions = (yield* log.read({ stream: jobStream(id) })).map((one) => one.version)
            expect(versions).toEqual(Array.from({ length: 25 }, (_, index) => index + 1))
          }
        }),
      ),
    )
  })

  describe(`${name}: the chain`, () => {
    it.effect("covers every fact, from the first one on", () =>
      opened((log) =>
        Effect.gen(function* () {
          for (const one of workload(7, 60)) yield* log.append(one)
          const rows = yield* log.rows({})
          let hash = genesisHash
          for (const row of rows) {
            expect(row.data_hash).toBe(saltedHash(dataSaltOf(row.salt), row.data))
            expect(row.meta_hash).toBe(saltedHash(dataSaltOf(row.salt), row.meta))
            if (row.body !== null) {
              expect(row.body_hash).toBe(saltedHash(bodySaltOf(row.salt), row.body))
            }
            hash = linkHash(hash, row)
            expect(row.hash).toBe(hash)
          }
          expect(rows.length).toBe(yield* log.head)
        }),
      ),
    )

    it.effect("holds when texts are erased, and the tables forget them too", () =>
      opened((log) =>
        Effect.gen(function* () {
          const secret = "the secret of the inbox"
          yield* log.append(batch("a", stream, [added({ prompt: secret }), started()]))
          yield* log.append(batch("b", stream, [succeeded(runId, { output: secret })]))
          yield* log.append(batch("c", stream, [rescheduled(noon + hour)]))
          const before = yield* log.rows({})
          yield* log.append(batch("d", systemStream, [erased([1, 3, 4, 99])]))
          const after = yield* log.rows({ upTo: 4 })
          expect(JSON.stringify([after, yield* tablesOf(log)])).not.toContain("secret")
          expect(after.map(({ hash, body_hash }) => [hash, body_hash])).toEqual(
            before.map(({ hash, body_hash }) => [hash, body_hash]),
          )
          expect(after.map(({ body, salt }) => [body === null, bodySaltOf(salt)])).toEqual(
            Array.from({ length: 4 }, () => [true, ""]),
          )
          const [first, , third] = yield* log.read({})
          expect(first?.fact).toMatchObject({ prompt: "[erased]", name: "[erased]" })
          expect(third?.fact).toMatchObject({ output: "[erased]", outputLength: 7 })
          expect(yield* log.query("SELECT prompt, state FROM scheduled_jobs")).toEqual([
            { prompt: "[erased]", state: "rescheduled" },
          ])
          expect(yield* log.query("SELECT output, delivery FROM job_runs")).toEqual([
            { output: "[erased]", delivery: "pending" },
          ])
          const live = yield* tablesOf(log)
          yield* log.rebuild
          expect(yield* tablesOf(log)).toEqual(live)
        }),
      ),
    )
  })

  describe(`${name}: the tables`, () => {
    it.effect("rebuilt are equal row by row, at every position (behaviour 60)", () =>
      opened((log) =>
        Effect.gen(function* () {
          for (const [index, one] of workload(60, 240).entries()) {
            yield* log.append(one)
            if (index % 4 !== 0) continue
            const live = yield* tablesOf(log)
            yield* log.rebuild
            expect(yield* tablesOf(log)).toEqual(live)
          }
          expect((yield* log.query("SELECT * FROM job_runs")).length).toBeGreaterThan(10)
          expect((yield* log.query("SELECT * FROM deliveries")).length).toBeGreaterThan(0)
          expect((yield* log.query("SELECT * FROM job_keys")).length).toBeGreaterThan(0)
        }),
      ),
    )

    it.effect("keep a snapshot of a stream, until its text is erased", () =>
      opened((log) =>
        Effect.gen(function* () {
          yield* log.append(batch("a", stream, life))
          const snapshot = { stream, version: 4, fold: "1", state: '{"prompt":"secret"}' }
          yield* log.saveSnapshot({ ...snapshot, version: 2 })
          yield* log.saveSnapshot(snapshot)
          expect(yield* log.snapshot(stream)).toEqual(snapshot)
          expect(yield* log.snapshot("job-nobody")).toBeUndefined()
          yield* log.append(batch("b", systemStream, [erased([1])]))
          expect(yield* log.snapshot(stream)).toBeUndefined()
        }),
      ),
    )
  })

  describe(`${name}: closed`, () => {
    it.effect("it takes nothing more, and says so", () =>
      Effect.gen(function* () {
        const somewhere = place()
        const log = yield* Effect.scoped(somewhere.open)
        for (const late of [log.append(batch("a", stream, life)), log.durable, log.head]) {
          expect(yield* Effect.flip(late)).toMatchObject({ _tag: "LogFailed", reason: "closed" })
        }
        const followed = yield* Effect.exit(Stream.runDrain(log.subscribe(0)))
        expect(Exit.isFailure(followed)).toBe(true)
      }),
    )

    it.effect("and opened again it is the same, and goes on where it was", () =>
      Effect.gen(function* () {
        if (!survives) return
        const somewhere = place()
        const batches = workload(11, 120)
        const before = yield* Effect.scoped(
          Effect.gen(function* () {
            const log = yield* somewhere.open
            for (const one of batches.slice(0, 80)) yield* log.append(one)
            const answer = { bodyHash: "h", result: "{}" }
            yield* log.append({ ...batch("ask", stream, []), answer })
            return { tables: yield* tablesOf(log), rows: yield* log.rows({}) }
          }),
        )
        yield* Effect.scoped(
          Effect.gen(function* () {
            const log = yield* somewhere.open
            expect({ tables: yield* tablesOf(log), rows: yield* log.rows({}) }).toEqual(before)
            expect(yield* log.answer("ask")).toEqual({ bodyHash: "h", result: "{}" })
            expect((yield* log.append(batches[0] ?? batch("x", stream, []))).repeated).toBe(true)
            for (const one of batches.slice(80)) yield* log.append(one)
            const rows = yield* log.rows({})
            expect(rows.reduce((hash, row) => linkHash(hash, row), genesisHash)).toBe(
              rows.at(-1)?.hash,
            )
            const live = yield* tablesOf(log)
            yield* log.rebuild
            expect(yield* tablesOf(log)).toEqual(live)
          }),
        )
      }),
    )
  })
}
