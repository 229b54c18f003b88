import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { DatabaseSync } from "node:sqlite"
import type { SqlEngine, SqlStatement, SqlValue } from "./engine.ts"
import { bindable, rowOf } from "./values.ts"

/**
 * SQLite as it comes with Node, on a file in WAL mode: a commit returns when it is on the disk.
 * Without a file it lives in memory.
 */
export const openNative = async (file = ":memory:"): Promise<SqlEngine> => {
  // Loaded on demand: whoever does not use it is spared Node's warning about it.
  const { DatabaseSync } = await import("node:sqlite")
  const database = new DatabaseSync(file)
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -64000")
  return {
    name: "native",
    exec: (sql) => database.exec(sql),
    prepare: (sql) => prepare(database, sql),
    image: () => imageOf(database),
    close: () => database.close(),
  }
}

const prepare = (database: DatabaseSync, sql: string): SqlStatement => {
  const statement = database.prepare(sql)
  statement.setReturnArrays(true)
  const columns = statement.columns().map(({ name }) => name)
  const toRow = (values: unknown) => rowOf(columns, values as ReadonlyArray<SqlValue>)
  return {
    run: (params) => void statement.run(...bindable(params)),
    all: (params) => statement.all(...bindable(params)).map(toRow),
    get: (params) => {
      const values = statement.get(...bindable(params))
      return values === undefined ? undefined : toRow(values)
    },
    // Node finalizes a statement when it is collected.
    free: () => undefined,
  }
}

const imageOf = (database: DatabaseSync): Uint8Array => {
  const folder = mkdtempSync(join(tmpdir(), "horolog-"))
  try {
    const file = join(folder, "image.sqlite")
    database.prepare("VACUUM INTO ?").run(file)
    return readFileSync(file)
  } finally {
    rmSync(folder, { recursive: true })
  }
}
