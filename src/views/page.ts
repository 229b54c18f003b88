import { Result } from "effect"
import { Refusal } from "../../machines/refusal.ts"
import type { SqlValue } from "../log/sql/engine.ts"

/** Some rows in order, and where the next ones begin; null: these were the last. */
export interface Page<Row> {
  readonly rows: ReadonlyArray<Row>
  readonly nextCursor: string | null
}

export const pageDefault = 20
export const pageMax = 200

export const pageSize = (limit: number | undefined): number =>
  Math.min(Math.max(limit ?? pageDefault, 1), pageMax)

/**
 * A cursor names the last row that was seen by what the page is ordered by, so that rows which come
 * or go meanwhile shift nothing.
 */
export const encodeCursor = (key: ReadonlyArray<SqlValue>): string =>
  Buffer.from(JSON.stringify(key)).toString("base64url")

/** Reads a cursor back; `shape` says of each part what it may be. */
export const decodeCursor = (
  cursor: string,
  shape: ReadonlyArray<"string" | "number" | "number?">,
): Result.Result<ReadonlyArray<SqlValue>, Refusal> => {
  const key = parsed(cursor)
  const fits =
    Array.isArray(key) &&
    key.length === shape.length &&
    shape.every((kind, at) => is(kind, key[at]))
  return fits ? Result.succeed(key as ReadonlyArray<SqlValue>) : Result.fail(badCursor(cursor))
}

/** One row more than asked for was read: it only tells whether there is a next page. */
export const cutPage = <Row>(
  rows: ReadonlyArray<Row>,
  size: number,
  keyOf: (row: Row) => ReadonlyArray<SqlValue>,
): Page<Row> => {
  const last = rows[size - 1]
  if (rows.length <= size || last === undefined) return { rows, nextCursor: null }
  return { rows: rows.slice(0, size), nextCursor: encodeCursor(keyOf(last)) }
}

const is = (kind: "string" | "number" | "number?", value: unknown): boolean =>
  kind === "number?" ? value === null || typeof value === "number" : typeof value === kind

const parsed = (cursor: string): unknown => {
  try {
    return JSON.parse(Buffer.from(cursor, "base64url").toString())
  } catch {
    return undefined
  }
}

const badCursor = (cursor: string): Refusal =>
  new Refusal({
    code: "invalid-input",
    message: `The cursor "${cursor}" is none of ours.`,
    received: cursor,
    expected: "the next_cursor of the page before",
    hint: "Leave cursor out to begin with the first page.",
  })
