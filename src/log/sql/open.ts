import { schemaOf } from "../../../events/upcast.ts"
import { factTypes } from "../../../events/codec.ts"
import type { FactType } from "../../../events/fact.ts"
import { LogFailed } from "../event-log.ts"
import type { SqlEngine } from "./engine.ts"
import { dropTables, formatVersion, logSchema, tablesSchema, tablesVersion } from "./schema.ts"

/** What a file says about itself. */
export interface Labels {
  readonly get: (key: string) => string | undefined
  readonly put: (key: string, value: string) => void
}

/**
 * Makes the schema where there is none, and refuses a file that this release cannot read. True when
 * the tables are those of another release, and have to be folded again.
 */
export const openSchema = (engine: SqlEngine): { labels: Labels; areTablesStale: boolean } => {
  refuseForeign(engine)
  engine.exec("BEGIN")
  engine.exec(logSchema)
  const labels = makeLabels(engine)
  refuseNewer(engine, labels)
  const areTablesStale = labels.get("tables") !== tablesVersion
  if (areTablesStale) engine.exec(dropTables)
  engine.exec(tablesSchema)
  labels.put("format", String(formatVersion))
  engine.exec("COMMIT")
  return { labels, areTablesStale }
}

/** Says that the tables are now those of this release. */
export const labelTables = (labels: Labels): void => labels.put("tables", tablesVersion)

/** The name under which a file says that it holds facts of a type in a shape, and who wrote them. */
export const kindOf = (type: string, schema: number): string => `fact ${type} ${schema}`

const makeLabels = (engine: SqlEngine): Labels => {
  const select = engine.prepare("SELECT value FROM meta WHERE key = ?")
  const insert = engine.prepare("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)")
  return {
    get: (key) => select.get([key])?.["value"] as string | undefined,
    put: (key, value) => insert.run([key, value]),
  }
}

/** An empty file is ours to fill; one with other tables in it is somebody's. */
const refuseForeign = (engine: SqlEngine): void => {
  const names = engine.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all()
  if (names.length === 0 || names.some(({ name }) => name === "events")) return
  throw unreadable(
    `This SQLite file is no log of horolog: it holds the table ${String(names[0]?.["name"])}.`,
    "Name another data folder.",
  )
}

const refuseNewer = (engine: SqlEngine, labels: Labels): void => {
  const writtenBy = labels.get("app") ?? "?"
  const format = Number(labels.get("format") ?? formatVersion)
  if (format > formatVersion) {
    throw unreadable(
      `This log has format ${format}, written by horolog ${writtenBy}; this release reads up to ${formatVersion}.`,
      `Use horolog ${writtenBy} or newer.`,
    )
  }
  const kinds = engine.prepare("SELECT key, value FROM meta WHERE key LIKE 'fact %'").all()
  for (const { key, value } of kinds) refuseUnknown(String(key), String(value))
}

const refuseUnknown = (kind: string, writtenBy: string): void => {
  const [, type = "", schema = "1"] = kind.split(" ")
  if (factTypes.has(type) && Number(schema) <= schemaOf(type as FactType)) return
  throw unreadable(
    `This log holds facts ${type} (shape ${schema}), written by horolog ${writtenBy}, which this release does not know.`,
    `Use horolog ${writtenBy} or newer.`,
  )
}

const unreadable = (message: string, hint: string): LogFailed =>
  new LogFailed({ reason: "unreadable", message, hint })
