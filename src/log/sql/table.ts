import { project, type Folded } from "../../../projections/projection.ts"
import type { Row } from "../event-log.ts"
import type { TableSpec } from "./columns.ts"
import type { SqlEngine, SqlStatement } from "./engine.ts"

/**
 * One table of a projection. Rows are folded in memory and written when somebody asks or commits:
 * several facts on one row in a group cost one write, of the columns that changed.
 */
export interface Table {
  readonly spec: TableSpec
  readonly fold: (key: string, recorded: Folded) => void
  readonly row: (key: string) => Row | undefined
  readonly replace: (key: string, row: Row | undefined) => void
  readonly flush: () => void
  /** Forgets what is at hand, written or not. */
  readonly forget: () => void
  readonly clear: () => void
}

interface Entry {
  readonly key: string
  row: Row | undefined
  /** As the database has it; `unknown` when nobody looked. */
  stored: Row | undefined | "unknown"
  isDirty: boolean
}

const dirtyMax = 4_096
const updatesMax = 256

export const makeTable = (engine: SqlEngine, spec: TableSpec): Table => {
  const { projection, cacheMax } = spec
  const begins = new Set<string>(projection.begins)
  const entries = new Map<string, Entry>()
  const writer = makeWriter(engine, spec)
  let dirty: Array<Entry> = []

  const entryOf = (key: string, isBegun: boolean): Entry => {
    const known = entries.get(key)
    if (known !== undefined) return known
    const stored = isBegun ? "unknown" : writer.read(key)
    const row = stored === "unknown" ? undefined : stored
    const entry: Entry = { key, row, stored, isDirty: false }
    entries.set(key, entry)
    return entry
  }

  const put = (entry: Entry, row: Row | undefined): void => {
    entry.row = row
    if (entry.isDirty) return
    entry.isDirty = true
    if (dirty.push(entry) >= dirtyMax) flush()
  }

  const flush = (): void => {
    if (dirty.length === 0) return
    const written = dirty
    dirty = []
    // What goes, goes first: another row may be waiting for what it held.
    for (const entry of written) if (entry.row === undefined) writer.remove(entry)
    for (const entry of written) if (entry.row !== undefined) writer.write(entry, entry.row)
    for (const entry of written) settle(entry)
    trim()
  }

  const settle = (entry: Entry): void => {
    entry.stored = entry.row
    entry.isDirty = false
    if (entry.row === undefined) entries.delete(entry.key)
  }

  const trim = (): void => {
    for (const key of entries.keys()) {
      if (entries.size <= cacheMax) return
      entries.delete(key)
    }
  }

  const forget = (): void => {
    entries.clear()
    dirty = []
  }

  return {
    spec,
    fold: (key, recorded) => {
      const entry = entryOf(key, begins.has(recorded.fact.type))
      const row = project(projection, entry.row, recorded)
      if (row !== entry.row || entry.stored === "unknown") put(entry, row)
    },
    row: (key) => entryOf(key, false).row,
    replace: (key, row) => put(entryOf(key, false), row),
    flush,
    forget,
    clear: () => {
      forget()
      engine.exec(`DELETE FROM ${projection.table}`)
    },
  }
}

interface Writer {
  readonly read: (key: string) => Row | undefined
  readonly write: (entry: Entry, row: Row) => void
  readonly remove: (entry: Entry) => void
}

const makeWriter = (engine: SqlEngine, { projection, columns }: TableSpec): Writer => {
  const { table, key } = projection
  const names = Object.keys(columns)
  const quoted = names.map((name) => `"${name}"`)
  const marks = names.map(() => "?")
  const select = engine.prepare(`SELECT * FROM ${table} WHERE "${key}" = ?`)
  const remove = engine.prepare(`DELETE FROM ${table} WHERE "${key}" = ?`)
  const insert = engine.prepare(
    `INSERT OR REPLACE INTO ${table} (${quoted.join(", ")}) VALUES (${marks.join(", ")})`,
  )
  const updates = new Map<string, SqlStatement>()

  const updateOf = (changed: ReadonlyArray<string>): SqlStatement => {
    const id = changed.join()
    const known = updates.get(id)
    if (known !== undefined) return known
    if (updates.size >= updatesMax) freeAll(updates)
    const sets = changed.map((name) => `"${name}" = ?`).join(", ")
    const update = engine.prepare(`UPDATE ${table} SET ${sets} WHERE "${key}" = ?`)
    updates.set(id, update)
    return update
  }

  const update = (before: Row, row: Row): void => {
    const changed = names.filter((name) => before[name] !== row[name])
    if (changed.length === 0) return
    const values = changed.map((name) => row[name] ?? null)
    updateOf(changed).run([...values, row[key] ?? null])
  }

  return {
    read: (id) => select.get([id]),
    write: (entry, row) =>
      typeof entry.stored === "object"
        ? update(entry.stored, row)
        : insert.run(names.map((name) => row[name] ?? null)),
    remove: ({ key, stored }) => {
      if (stored !== undefined) remove.run([key])
    },
  }
}

const freeAll = (statements: Map<string, SqlStatement>): void => {
  for (const statement of statements.values()) statement.free()
  statements.clear()
}
