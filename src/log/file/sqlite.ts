import process from "node:process"

type NodeSqlite = typeof import("node:sqlite")

/** A SQLite file as Node opens it. */
export type Database = InstanceType<NodeSqlite["DatabaseSync"]>

/**
 * `node:sqlite`, loaded at the first use and without the word of warning that Node 22 prints for
 * it; any other warning passes.
 */
export const nodeSqlite = (): NodeSqlite => {
  const emit = process.emitWarning
  process.emitWarning = ((warning: string | Error, ...rest: ReadonlyArray<unknown>) => {
    if (!String(warning).includes("SQLite")) Reflect.apply(emit, process, [warning, ...rest])
  }) as typeof process.emitWarning
  try {
    return process.getBuiltinModule("node:sqlite") as NodeSqlite
  } finally {
    process.emitWarning = emit
  }
}

export const openDatabase = (path: string, readOnly = false): Database => {
  const { DatabaseSync } = nodeSqlite()
  return new DatabaseSync(path, { readOnly })
}
