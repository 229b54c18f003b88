import process from "node:process"
// Only its types: an import that stays would load it, and print the warning.
import type * as NodeSqlite from "node:sqlite"

/** A SQLite file as Node opens it. */
export type Database = NodeSqlite.DatabaseSync

/**
 * `node:sqlite`, loaded at the first use and without the word of warning that Node 22 prints for
 * it; any other warning passes.
 */
export const nodeSqlite = (): typeof NodeSqlite => {
  const emit = process.emitWarning
  process.emitWarning = ((warning: string | Error, ...rest: ReadonlyArray<unknown>) => {
    if (!String(warning).includes("SQLite")) Reflect.apply(emit, process, [warning, ...rest])
  }) as typeof process.emitWarning
  try {
    return process.getBuiltinModule("node:sqlite") as typeof NodeSqlite
  } finally {
    process.emitWarning = emit
  }
}

export const openDatabase = (path: string, readOnly = false): Database => {
  const { DatabaseSync } = nodeSqlite()
  return new DatabaseSync(path, { readOnly })
}
