import { Result } from "effect"
import { decodeFact, UnreadableFact } from "../../../events/codec.ts"
import type { Meta, Recorded } from "../../../events/envelope.ts"
import type { Folded } from "../../../projections/projection.ts"
import type { ReadOptions, StoredRow } from "../event-log.ts"
import type { SqlEngine, SqlStatement, SqlValue } from "./engine.ts"
import { eventColumns } from "./schema.ts"

/** The rows of `events`: written once, and read in order. */
export interface Events {
  readonly insert: (row: StoredRow) => void
  readonly rows: (options: ReadOptions) => ReadonlyArray<StoredRow>
  /** Facts for the tables, which do not ask for their meta. Throws UnreadableFact. */
  readonly folding: (after: number, limit: number) => ReadonlyArray<Folded>
  readonly byEventId: (eventId: string) => StoredRow | undefined
  readonly byPosition: (position: number) => StoredRow | undefined
  readonly lastVersion: (stream: string) => number
  readonly last: () => StoredRow | undefined
}

const streamsMax = 50_000

export const makeEvents = (engine: SqlEngine): Events => {
  const columns = eventColumns.join(", ")
  const marks = eventColumns.map(markOf).join(", ")
  const insert = engine.prepare(`INSERT INTO events (${columns}) VALUES (${marks})`)
  const byEventId = engine.prepare(`SELECT ${columns} FROM events WHERE event_id = ?`)
  const byPosition = engine.prepare(`SELECT ${columns} FROM events WHERE position = ?`)
  const last = engine.prepare(`SELECT ${columns} FROM events ORDER BY position DESC LIMIT 1`)
  const lastVersion = engine.prepare(
    "SELECT version FROM events WHERE stream = ? ORDER BY version DESC LIMIT 1",
  )
  const readers = makeReaders(engine, columns)
  const versions = new Map<string, number>()

  const remember = (stream: string, version: number): number => {
    if (versions.size >= streamsMax) versions.clear()
    versions.set(stream, version)
    return version
  }

  return {
    insert: (row) => {
      insert.run(eventColumns.map((column) => row[column]))
      remember(row.stream, row.version)
    },
    rows: readers,
    folding: makeFolding(engine, byPosition),
    byEventId: (eventId) => byEventId.get([eventId]) as StoredRow | undefined,
    byPosition: (position) => byPosition.get([position]) as StoredRow | undefined,
    lastVersion: (stream) =>
      versions.get(stream) ?? remember(stream, Number(lastVersion.get([stream])?.["version"] ?? 0)),
    last: () => last.get() as StoredRow | undefined,
  }
}

/** The long texts are cast: that lets sql.js take them as bytes, which is a third faster. */
const markOf = (column: (typeof eventColumns)[number]): string =>
  column === "data" || column === "meta" || column === "body" ? "CAST(? AS TEXT)" : "?"

/** Half of the columns, and no meta to parse: a rebuild reads nothing that it does not fold. */
const makeFolding = (engine: SqlEngine, byPosition: SqlStatement): Events["folding"] => {
  const select = engine.prepare(
    `SELECT position, stream, version, type, schema, at, data, body,
       body_hash IS NOT NULL AS had_text
     FROM events WHERE position > ? ORDER BY position LIMIT ?`,
  )
  return (after, limit) =>
    (select.all([after, limit]) as unknown as ReadonlyArray<FoldingRow>).map((row) => {
      const decoded = decodeFact({ ...row, hadText: row.had_text === 1, writtenBy: "?" })
      // Read once more, with the meta: it names the release that wrote what cannot be read.
      if (Result.isFailure(decoded)) recordedOf(byPosition.all([row.position]) as never)
      const fact = Result.getOrThrow(decoded)
      const { position, stream, version, at } = row
      return { position, stream, version, at, fact }
    })
}

interface FoldingRow {
  readonly position: number
  readonly stream: string
  readonly version: number
  readonly type: string
  readonly schema: number
  readonly at: number
  readonly data: string
  readonly body: string | null
  readonly had_text: number
}

/** One statement for each shape of a question. */
const makeReaders = (engine: SqlEngine, columns: string): Events["rows"] => {
  const statements = new Map<string, SqlStatement>()
  const statementOf = (stream: string | undefined, direction: string): SqlStatement => {
    const shape = `${stream === undefined ? "all" : "stream"} ${direction}`
    const known = statements.get(shape)
    if (known !== undefined) return known
    const order = direction === "backward" ? "DESC" : "ASC"
    // The plus keeps SQLite from walking positions where the index of the stream is better.
    const sql =
      stream === undefined
        ? `SELECT ${columns} FROM events WHERE position > ? AND position <= ?
           ORDER BY position ${order} LIMIT ?`
        : `SELECT ${columns} FROM events WHERE stream = ? AND version > ?
           AND +position > ? AND +position <= ? ORDER BY version ${order} LIMIT ?`
    const statement = engine.prepare(sql)
    statements.set(shape, statement)
    return statement
  }

  return ({ stream, direction = "forward", ...bounds }) => {
    const { after = 0, afterVersion = 0, upTo = Number.MAX_SAFE_INTEGER, limit = -1 } = bounds
    const span: ReadonlyArray<SqlValue> = [after, upTo, limit]
    const params = stream === undefined ? span : [stream, afterVersion, ...span]
    return statementOf(stream, direction).all(params) as ReadonlyArray<StoredRow>
  }
}

/**
 * Rows as facts. Throws UnreadableFact. The facts of one command share their meta, so that it is
 * parsed once for all of them.
 */
export const recordedOf = (rows: ReadonlyArray<StoredRow>): ReadonlyArray<Recorded> => {
  let text = ""
  let meta: Meta | undefined
  return rows.map((row) => {
    if (meta === undefined || row.meta !== text) {
      text = row.meta
      meta = parseMeta(row)
    }
    return decode(row, meta)
  })
}

const decode = (row: StoredRow, meta: Meta): Recorded => {
  const decoded = decodeFact({
    type: row.type,
    schema: row.schema,
    data: row.data,
    body: row.body,
    hadText: row.body_hash !== null,
    writtenBy: meta.app,
  })
  if (Result.isFailure(decoded)) throw decoded.failure
  const { position, stream, version, event_id: eventId, at } = row
  return { position, stream, version, eventId, at, fact: decoded.success, meta }
}

const parseMeta = ({ meta, type, schema, position }: StoredRow): Meta => {
  try {
    return JSON.parse(meta) as Meta
  } catch (cause) {
    const detail = `the meta at position ${position} is no JSON: ${String(cause)}`
    throw new UnreadableFact({ type, schema, writtenBy: "?", reason: "malformed", detail })
  }
}
