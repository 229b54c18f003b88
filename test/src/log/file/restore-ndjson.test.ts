import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { verify } from "../../../../src/inspect/verify.ts"
import { EventLog, type StoredRow } from "../../../../src/log/event-log.ts"
import { isExport } from "../../../../src/log/file/restore-ndjson.ts"
import { contents, edited, linesOf, lived, rechained, restored, rewrite } from "./exporting.ts"
import { acknowledged, engines, onMachine, temporaryFolder } from "./world.ts"

const refused = Effect.fnUntraced(function* (file: string, folder: string) {
  const failure = yield* Effect.flip(restored(file, join(folder, "new")))
  const left = readdirSync(join(folder, "new")).filter((name) => name !== "horolog.lock")
  expect(left).toEqual([])
  expect(failure.message).toContain(file)
  return failure.message
})

describe("restoring an export", () => {
  it.effect("gives the same facts, tables and answers, to either engine, and verifies", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const { file, before } = yield* lived(folder)
      expect(before["events"]?.some((row) => row["body"] === null && row["body_hash"])).toBe(true)
      for (const engine of engines) {
        const target = join(folder, engine)
        yield* restored(file, target)
        const open = onMachine({ folder: target, engine })
        yield* open(
          Effect.gen(function* () {
            expect(yield* contents).toEqual(before)
            const log = yield* EventLog
            expect((yield* verify(log)).findings).toEqual([])
            expect(yield* log.answer("answered")).toBeDefined()
            yield* acknowledged("later")
          }),
        )
      }
    }),
  )

  it.effect("is told from a SQLite file by how it begins", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const { file } = yield* lived(folder, 20)
      expect(yield* isExport(file)).toBe(true)
      expect(yield* isExport(join(folder, "log", "horolog.sqlite"))).toBe(false)
      expect(yield* isExport(join(folder, "nowhere"))).toBe(false)
    }),
  )

  it.effect("refuses a folder that holds a log, or is in use", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const { file } = yield* lived(folder, 20)
      const target = join(folder, "log")
      const before = readFileSync(join(target, "horolog.sqlite"))
      expect((yield* Effect.flip(restored(file, target))).message).toContain("holds a log already")
      expect(readFileSync(join(target, "horolog.sqlite"))).toEqual(before)
      yield* onMachine({ folder: target, engine: "sql.js" })(
        Effect.map(Effect.flip(restored(file, target)), ({ reason }) =>
          expect(reason).toBe("held"),
        ),
      )
    }),
  )

  it.effect("refuses what is no export, or of another version", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const { file } = yield* lived(folder, 20)
      const other = join(folder, "other")
      writeFileSync(other, "")
      expect(yield* refused(other, folder)).toContain("it is empty")
      writeFileSync(other, '{"name":"somebody"}\n')
      expect(yield* refused(other, folder)).toContain("line 1: it is no export of horolog")
      writeFileSync(other, "{ not\n")
      expect(yield* refused(other, folder)).toContain("line 1: it is no JSON")
      expect(yield* refused(join(folder, "nowhere"), folder)).toContain("ENOENT")
      const newer = rewrite(file, (lines) => {
        lines[0] = (lines[0] ?? "").replace('"version":1', '"version":9')
      })
      expect(yield* refused(newer, folder)).toMatch(/version 9, written by horolog \S+; version 1/)
    }),
  )

  it.effect("names the line of whatever was changed, left out, added or moved", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const { file } = yield* lived(folder, 60)
      const changes: ReadonlyArray<[RegExp, (lines: Array<string>) => void]> = [
        [/line 6: the fact 5 is not as it was recorded: its content/, edited(5, "data", "{}")],
        [/line 6: the fact 5 is not as it was recorded: who caused it/, edited(5, "meta", "{}")],
        [/line 6: the fact 5 is not as it was recorded: it does not follow/, edited(5, "at", 1)],
        [/line 6: version is "two"; a number/, edited(5, "version", "two")],
        [/line 6: a fact has no colour/, edited(5, "colour", "red")],
        [/line 6: the fact 5 is missing/, (lines) => void lines.splice(5, 1)],
        [/line 7: the fact 6 is missing/, (lines) => void lines.splice(6, 0, lines[5] ?? "")],
        [/line 6: it is no JSON/, (lines) => void (lines[5] = lines[5]?.slice(0, 40) ?? "")],
        [/line \d+: it ends at the fact/, (lines) => void lines.splice(-3)],
      ]
      for (const [words, change] of changes) {
        expect(yield* refused(rewrite(file, change), folder)).toMatch(words)
      }
    }),
  )

  it.effect("names the line of a text that was changed, or is gone though nobody erased it", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const { file } = yield* lived(folder, 60)
      const rows = linesOf(file).map((line) => JSON.parse(line) as Partial<StoredRow>)
      const at = rows.findIndex(({ body }) => typeof body === "string")
      expect(at).toBeGreaterThan(0)
      const changed = rewrite(file, edited(at, "body", '{"prompt":"other"}'))
      expect(yield* refused(changed, folder)).toMatch(new RegExp(`line ${at + 1}: .*its text`))
      const gone = rewrite(file, edited(at, "body", null))
      expect(yield* refused(gone, folder)).toContain(`the text of the fact ${at} is gone`)
    }),
  )

  it.effect("refuses one that is cut off at any line, or went on behind its end", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const { file } = yield* lived(folder, 12)
      const lines = linesOf(file)
      const other = join(folder, "cut")
      for (let count = 1; count < lines.length; count += 1) {
        writeFileSync(
          other,
          lines
            .slice(0, count)
            .map((line) => `${line}\n`)
            .join(""),
        )
        expect(yield* refused(other, folder)).toMatch(/cut off after the fact \d+ of at least \d+/)
      }
      writeFileSync(other, readFileSync(file, "utf8").slice(0, -20))
      expect(yield* refused(other, folder)).toMatch(/line \d+: it is no JSON/)
      writeFileSync(other, `${readFileSync(file, "utf8")}${lines[1]}\n`)
      expect(yield* refused(other, folder)).toContain("something stands behind its end")
    }),
  )

  it.effect("refuses answers that are not those that were exported", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const { file } = yield* lived(folder, 20)
      const lines = linesOf(file)
      const at = lines.findIndex((line) => line.startsWith('{"command"'))
      expect(at).toBeGreaterThan(0)
      const changed = join(folder, "changed")
      const answer = JSON.parse(lines[at] ?? "") as object
      lines[at] = JSON.stringify({ ...answer, result: '"other"' })
      writeFileSync(changed, lines.map((line) => `${line}\n`).join(""))
      expect(yield* refused(changed, folder)).toContain("is not what was exported")
      const fewer = rewrite(file, (all) => void all.splice(at, 1))
      expect(yield* refused(fewer, folder)).toContain("is not what was exported")
    }),
  )

  it.effect(
    "refuses a fact of a type or a shape it does not know, naming who wrote it (behaviour 66)",
    () =>
      Effect.gen(function* () {
        const folder = yield* temporaryFolder
        const { file } = yield* lived(folder, 20)
        const meta = (row: StoredRow) =>
          JSON.stringify({ ...(JSON.parse(row.meta) as object), app: "9.1.0" })
        const type = rewrite(file, (lines) =>
          rechained(lines, 4, (row) => ({ type: "moon.risen", meta: meta(row) })),
        )
        expect(yield* refused(type, folder)).toMatch(/line 5: .*moon.risen.*horolog 9.1.0/)
        const schema = rewrite(file, (lines) =>
          rechained(lines, 4, (row) => ({ schema: 40, meta: meta(row) })),
        )
        expect(yield* refused(schema, folder)).toMatch(/line 5: .*shape 40.*horolog 9.1.0/)
        const shape = rewrite(file, (lines) => rechained(lines, 4, () => ({ data: '{"odd":1}' })))
        expect(yield* refused(shape, folder)).toMatch(/line 5: .*malformed/)
      }),
  )
})
