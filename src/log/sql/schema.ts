import { tableSpecs, type ColumnType, type TableSpec } from "./columns.ts"

/** The shape of the file as a whole; a file of a later one is refused. */
export const formatVersion = 1

/** Raise it when a projection's handlers change: the tables of an older one are folded again. */
const foldVersion = 1

/** The log itself. AUTOINCREMENT: a position is never given twice, whatever is deleted. */
export const logSchema = `
CREATE TABLE IF NOT EXISTS events (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  stream TEXT NOT NULL,
  version INTEGER NOT NULL,
  event_id TEXT NOT NULL UNIQUE,
  type TEXT NOT NULL,
  schema INTEGER NOT NULL,
  at INTEGER NOT NULL,
  data TEXT NOT NULL,
  meta TEXT NOT NULL,
  body TEXT,
  salt TEXT NOT NULL,
  data_hash TEXT NOT NULL,
  meta_hash TEXT NOT NULL,
  body_hash TEXT,
  hash TEXT NOT NULL,
  UNIQUE (stream, version)
);
CREATE TABLE IF NOT EXISTS commands (
  id TEXT PRIMARY KEY,
  body_hash TEXT NOT NULL,
  result TEXT NOT NULL,
  at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS snapshots (
  stream TEXT PRIMARY KEY,
  version INTEGER NOT NULL,
  fold TEXT NOT NULL,
  state TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
`

/** The columns of `events`, in the order in which they are written. */
export const eventColumns = [
  "position",
  "stream",
  "version",
  "event_id",
  "type",
  "schema",
  "at",
  "data",
  "meta",
  "body",
  "salt",
  "data_hash",
  "meta_hash",
  "body_hash",
  "hash",
] as const

const declared = (name: string, type: ColumnType): string =>
  type.endsWith("?") ? `"${name}" ${type.slice(0, -1)}` : `"${name}" ${type} NOT NULL`

const tableSchema = ({ projection: { table, key }, columns, indexes }: TableSpec): string => {
  const declarations = Object.entries(columns).map(([name, type]) =>
    name === key ? `"${name}" ${type} PRIMARY KEY NOT NULL` : declared(name, type),
  )
  return [
    `CREATE TABLE IF NOT EXISTS ${table} (${declarations.join(", ")});`,
    ...indexes.map(
      (on) =>
        `CREATE INDEX IF NOT EXISTS ${table}_${on.replaceAll(", ", "_")} ON ${table} (${on});`,
    ),
  ].join("\n")
}

/** The tables that the log adds up to. */
export const tablesSchema = tableSpecs.map(tableSchema).join("\n")

/** Tells the tables of this release from those of another one, which are dropped and folded again. */
export const tablesVersion = `${foldVersion}\n${tablesSchema}`

export const dropTables = tableSpecs
  .map(({ projection }) => `DROP TABLE IF EXISTS ${projection.table};`)
  .join("\n")
