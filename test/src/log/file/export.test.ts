import { readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { EventLog } from "../../../../src/log/event-log.ts"
import { batch as systemBatch, erased, workload } from "../../../contract/log-batches.ts"
import { contents, exported, linesOf, lived, restored } from "./exporting.ts"
import { onMachine, temporaryFolder } from "./world.ts"

describe("an export", () => {
  it.effect("never overwrites a file, and wants an absolute path", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const file = join(folder, "mine.txt")
      writeFileSync(file, "mine")
      yield* onMachine({ folder: join(folder, "log"), engine: "sql.js" })(
        Effect.gen(function* () {
          expect((yield* Effect.flip(exported(file))).message).toContain(file)
          expect((yield* Effect.flip(exported("mine.txt"))).message).toContain("absolute")
          const nowhere = join(folder, "no", "such", "file")
          expect((yield* Effect.flip(exported(nowhere))).message).toContain("ENOENT")
        }),
      )
      expect(readFileSync(file, "utf8")).toBe("mine")
    }),
  )

  it.effect("is a header, every fact, every answer and an end, for its owner alone", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const { file, answer, before } = yield* lived(folder)
      const lines = linesOf(file).map((line) => JSON.parse(line) as Record<string, unknown>)
      const { head, hash } = answer
      expect(lines[0]).toMatchObject({ format: "horolog-export", version: 1, head, hash })
      expect(lines.filter((line) => "position" in line)).toEqual(before["events"])
      expect(lines.filter((line) => "command" in line)).toHaveLength(answer.answers)
      expect(answer.answers).toBe(before["commands"]?.length)
      expect(lines.at(-1)).toMatchObject({ end: true, head, hash, facts: answer.facts })
      expect(statSync(file).mode & 0o777).toBe(0o600)
    }),
  )

  it.effect("goes on to the fact that erased a text while it was written", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const file = join(folder, "log.ndjson")
      yield* onMachine({ folder: join(folder, "log"), engine: "sql.js" })(
        Effect.gen(function* () {
          const log = yield* EventLog
          for (const one of workload(7, 20)) yield* log.append(one)
          const [text] = yield* log.query(
            "SELECT position FROM events WHERE body IS NOT NULL ORDER BY position LIMIT 1",
          )
          const fact = erased([Number(text?.["position"])])
          let isErased = false
          /** The first page of facts is read only once a text in it is gone. */
          const rows: typeof log.rows = (options) =>
            isErased || options.limit === 1
              ? log.rows(options)
              : Effect.andThen(
                  log.append(systemBatch("erase", "system", [fact])),
                  Effect.suspend(() => ((isErased = true), log.rows(options))),
                ).pipe(Effect.catchTag("VersionConflict", Effect.die))
          const meanwhile = EventLog.of({ ...log, rows })
          const head = yield* log.head
          const answer = yield* Effect.provideService(exported(file), EventLog, meanwhile)
          expect(answer.head).toBe(head + 1)
        }),
      )
      yield* restored(file, join(folder, "new"))
    }),
  )

  it.effect("of an empty log is one too", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const file = join(folder, "empty.ndjson")
      yield* onMachine({ folder: join(folder, "log"), engine: "sql.js" })(exported(file))
      const target = join(folder, "new")
      yield* restored(file, target)
      const again = onMachine({ folder: target, engine: "sql.js" })
      expect((yield* again(contents))["events"]).toEqual([])
    }),
  )
})
