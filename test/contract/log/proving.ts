import { it } from "@effect/vitest"
import { Effect, Exit, Stream } from "effect"
import { describe, expect } from "vitest"
import { systemStream } from "../../../events/stream.ts"
import {
  genesisHash,
  linkHash,
  saltedHash,
  bodySaltOf,
  dataSaltOf,
} from "../../../src/log/sql/chain.ts"
import { added, hour, noon, runId, started } from "../../kit/samples.ts"
import { batch, erased, rescheduled, succeeded, workload } from "../log-batches.ts"
import { life, onNewLog, stream, tablesOf, type LogTrial } from "./trial.ts"

/** What a log proves, remembers and forgets. */
export const provingContract = (name: string, trial: LogTrial): void => {
  const { place, survives } = trial
  const opened = onNewLog(trial)

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
          yield* log.durable
          const told = yield* log.subscribe(0).pipe(Stream.take(5), Stream.runCollect)
          expect(JSON.stringify(told)).not.toContain("secret")
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

    // What lives in memory is gone when it is closed: there is nothing to open again.
    if (!survives) return
    it.effect("and opened again it is the same, and goes on where it was", () =>
      Effect.gen(function* () {
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
