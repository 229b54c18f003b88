import { it } from "@effect/vitest"
import { Effect, Result } from "effect"
import { describe, expect } from "vitest"
import type { Fact } from "../../../events/fact.ts"
import { jobStream, runStream } from "../../../events/stream.ts"
import { added, jobId, runId, started } from "../../kit/samples.ts"
import { batch } from "../log-batches.ts"
import { life, onNewLog, stream, type LogTrial } from "./trial.ts"

/** How a log is written to: whole batches, once, by many. */
export const appendingContract = (name: string, trial: LogTrial): void => {
  const opened = onNewLog(trial)

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
}
