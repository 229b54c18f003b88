import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { createHash } from "node:crypto"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import type { StoredRow } from "../../../../src/log/event-log.ts"
import { EventLog } from "../../../../src/log/event-log.ts"
import { nodeDisk } from "../../../../src/log/file/node-disk.ts"
import { isExport, restoreExport } from "../../../../src/log/file/restore-ndjson.ts"
import { linkHash, saltedHash } from "../../../../src/log/sql/chain.ts"
import { tableSpecs } from "../../../../src/log/sql/columns.ts"
import { verify } from "../../../../src/inspect/verify.ts"
import { exportLog } from "../../../../src/operations/export.ts"
import { Random } from "../../../../src/random.ts"
import { batch as systemBatch, erased, workload } from "../../../contract/log-batches.ts"
import { settingsOf } from "../../../kit/world.ts"
import { acknowledged, engines, onMachine, temporaryFolder } from "./world.ts"

const caller = { by: { kind: "user", id: "ada" } } as const

const exported = (file: string) => Effect.provide(exportLog.run({ file }, caller), settingsOf())

const restored = (file: string, folder: string) =>
  Effect.provide(restoreExport(nodeDisk, file, folder), Random.layer)

/** All that a log holds: facts, tables and answers. */
const contents = Effect.gen(function* () {
  const log = yield* EventLog
  const tables = tableSpecs.map(({ projection: { table, key } }) => [table, key] as const)
  const rows = yield* Effect.forEach(
    [...tables, ["events", "position"] as const, ["commands", "id"] as const],
    ([table, key]) =>
      Effect.map(
        log.query(`SELECT * FROM ${table} ORDER BY ${key}`),
        (all) => [table, all] as const,
      ),
  )
  return Object.fromEntries(rows)
})

/** A log that lived, with erased texts in it, and what it was written out as. */
const lived = Effect.fnUntraced(function* (folder: string, count = 150) {
  const file = join(folder, "log.ndjson")
  return yield* onMachine({ folder: join(folder, "log"), engine: "sql.js" })(
    Effect.gen(function* () {
      const log = yield* EventLog
      for (const one of workload(7, count)) yield* log.append(one)
      yield* acknowledged("answered", 0)
      const answer = yield* exported(file)
      return { file, answer, before: yield* contents }
    }),
  )
})

const linesOf = (file: string): Array<string> => readFileSync(file, "utf8").split("\n").slice(0, -1)

/** Writes lines with an end that fits them, so that only what is under test is wrong. */
const rewrite = (file: string, change: (lines: Array<string>) => void): string => {
  const lines = linesOf(file)
  const end = JSON.parse(lines.pop() ?? "") as object
  change(lines)
  const body = lines.map((line) => `${line}\n`).join("")
  const digest = createHash("sha256").update(body).digest("base64url")
  const changed = `${file}.changed`
  writeFileSync(changed, `${body}${JSON.stringify({ ...end, digest })}\n`)
  return changed
}

/** A fact said anew, with a chain that holds: whoever has the file can do that. */
const rechained = (lines: Array<string>, at: number, change: (row: StoredRow) => object): void => {
  const previous = JSON.parse(lines[at - 1] ?? "") as StoredRow
  const row = JSON.parse(lines[at] ?? "") as StoredRow
  const next = { ...row, ...change(row) } as StoredRow
  const salt = next.salt.slice(0, 32)
  const hashed = {
    ...next,
    data_hash: saltedHash(salt, next.data),
    meta_hash: saltedHash(salt, next.meta),
  }
  const row2 = { ...hashed, hash: linkHash(previous.hash, hashed) }
  lines[at] = JSON.stringify(row2)
}

const refused = Effect.fnUntraced(function* (file: string, folder: string) {
  const failure = yield* Effect.flip(restored(file, join(folder, "new")))
  const left = readdirSync(join(folder, "new")).filter((name) => name !== "horolog.lock")
  expect(left).toEqual([])
  expect(failure.message).toContain(file)
  return failure.message
})

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

/** Changes one field of the line at an index. */
const edited =
  (index: number, field: string, value: unknown) =>
  (lines: Array<string>): void => {
    const row = JSON.parse(lines[index] ?? "") as object
    lines[index] = JSON.stringify({ ...row, [field]: value })
  }
