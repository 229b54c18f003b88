import initSqlJs, { type BindParams, type Database, type Statement } from "sql.js"
import type { SqlEngine, SqlStatement, SqlValue } from "./engine.ts"
import { bindable, rowOf } from "./values.ts"

/**
 * SQLite in WebAssembly: the whole database lives in memory, and a rollback journal there is enough,
 * since what makes it durable is written by others.
 */
export const openSqlJs = async (image?: Uint8Array): Promise<SqlEngine> => {
  const { Database } = await initSqlJs()
  const database = new Database(image ?? null)
  setPragmas(database)
  return {
    name: "sql.js",
    exec: (sql) => void sane(() => database.run(sql)),
    prepare: (sql) => prepare(database, sql),
    image: () => {
      const bytes = sane(() => database.export())
      // Exporting may open the file anew, and a connection does not keep what was set on another.
      setPragmas(database)
      return bytes
    },
    close: () => database.close(),
  }
}

const setPragmas = (database: Database): void => {
  database.run("PRAGMA journal_mode = memory; PRAGMA synchronous = off")
  database.run("PRAGMA locking_mode = exclusive; PRAGMA cache_size = -16000")
}

const prepare = (database: Database, sql: string): SqlStatement => {
  const statement = sane(() => database.prepare(sql))
  const columns = statement.getColumnNames()
  const bind = makeBind(sql)
  return {
    run: (params) => {
      try {
        sane(() => statement.run(bind(params)))
      } finally {
        statement.reset()
      }
    },
    all: (params) => reading(statement, bind(params), () => rowsOf(statement, columns)),
    get: (params) =>
      reading(statement, bind(params), () =>
        statement.step() ? rowOf(columns, statement.get() as Array<SqlValue>) : undefined,
      ),
    free: () => void statement.free(),
  }
}

const placeholders = /CAST\(\? AS TEXT\)|\?/g

/**
 * Where the statement casts a parameter to text, the text goes in as its bytes: the library copies
 * bytes as a block, and text one character at a time.
 */
const makeBind = (sql: string) => {
  const marks = [...sql.matchAll(placeholders)].map(([mark]) => mark !== "?")
  if (!marks.includes(true)) return bindable
  return (params?: ReadonlyArray<SqlValue>): Array<SqlValue | Uint8Array> =>
    bindable(params).map((value, at) =>
      marks[at] === true && typeof value === "string" ? Buffer.from(value) : value,
    )
}

const reading = <A>(statement: Statement, params: BindParams, read: () => A): A => {
  try {
    return sane(() => {
      statement.bind(params)
      return read()
    })
  } finally {
    statement.reset()
  }
}

const rowsOf = (statement: Statement, columns: ReadonlyArray<string>) => {
  const rows: Array<Record<string, SqlValue>> = []
  while (statement.step()) rows.push(rowOf(columns, statement.get() as Array<SqlValue>))
  return rows
}

/** The library throws plain strings too. */
const sane = <A>(ask: () => A): A => {
  try {
    return ask()
  } catch (cause) {
    throw cause instanceof Error ? cause : new Error(String(cause))
  }
}
