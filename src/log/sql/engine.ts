/** What a statement takes and gives. */
export type SqlValue = string | number | null

/** A prepared statement; `free` ends it. */
export interface SqlStatement {
  readonly run: (params?: ReadonlyArray<SqlValue>) => void
  readonly all: (params?: ReadonlyArray<SqlValue>) => ReadonlyArray<Record<string, SqlValue>>
  readonly get: (params?: ReadonlyArray<SqlValue>) => Record<string, SqlValue> | undefined
  readonly free: () => void
}

/**
 * One SQLite connection, synchronous. Two adapters: sql.js (in memory, `image` gives the file's
 * bytes and afterwards every statement must be prepared anew) and node:sqlite (a file in WAL mode).
 */
export interface SqlEngine {
  readonly name: "sql.js" | "native"
  readonly exec: (sql: string) => void
  readonly prepare: (sql: string) => SqlStatement
  /** The whole database as the bytes of a SQLite file. */
  readonly image: () => Uint8Array
  readonly close: () => void
}
