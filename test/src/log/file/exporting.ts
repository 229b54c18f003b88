import { createHash } from "node:crypto"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { Effect } from "effect"
import { EventLog, type StoredRow } from "../../../../src/log/event-log.ts"
import { nodeDisk } from "../../../../src/log/file/node-disk.ts"
import { restoreExport } from "../../../../src/log/file/restore-ndjson.ts"
import { linkHash, saltedHash } from "../../../../src/log/sql/chain.ts"
import { tableSpecs } from "../../../../src/log/sql/columns.ts"
import { exportLog } from "../../../../src/operations/export.ts"
import { Random } from "../../../../src/random.ts"
import { workload } from "../../../contract/log-batches.ts"
import { settingsOf } from "../../../kit/world.ts"
import { acknowledged, onMachine } from "./world.ts"

const caller = { by: { kind: "user", id: "ada" } } as const

/** Writes the open log into a file. */
export const exported = (file: string) =>
  Effect.provide(exportLog.run({ file }, caller), settingsOf())

/** Makes a file the log of a folder. */
export const restored = (file: string, folder: string) =>
  Effect.provide(restoreExport(nodeDisk, file, folder), Random.layer)

/** All that a log holds: facts, tables and answers. */
export const contents = Effect.gen(function* () {
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
export const lived = Effect.fnUntraced(function* (folder: string, count = 150) {
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

/** The lines of a file. */
export const linesOf = (file: string): Array<string> =>
  readFileSync(file, "utf8").split("\n").slice(0, -1)

/** Writes lines with an end that fits them, so that only what is under test is wrong. */
export const rewrite = (file: string, change: (lines: Array<string>) => void): string => {
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
export const rechained = (
  lines: Array<string>,
  at: number,
  change: (row: StoredRow) => object,
): void => {
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

/** Changes one field of the line at an index. */
export const edited =
  (index: number, field: string, value: unknown) =>
  (lines: Array<string>): void => {
    const row = JSON.parse(lines[index] ?? "") as object
    lines[index] = JSON.stringify({ ...row, [field]: value })
  }
