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
  const emit = process.emitWarning.bind(process) as (...warning: ReadonlyArray<unknown>) => void
  const { emitWarning } = Object.getOwnPropertyDescriptors(process)
  process.emitWarning = (...warning: ReadonlyArray<unknown>) => {
    if (!String(warning[0]).includes("SQLite")) emit(...warning)
  }
  try {
    return process.getBuiltinModule("node:sqlite")
  } finally {
    Object.defineProperty(process, "emitWarning", emitWarning)
  }
}

export const openDatabase = (path: string, readOnly = false): Database => {
  const { DatabaseSync } = nodeSqlite()
  return new DatabaseSync(path, { readOnly })
}
