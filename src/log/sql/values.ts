import type { SqlValue } from "./engine.ts"

/**
 * Text as both engines store it alike: SQLite's text is UTF-8 without an end in it, and what is no
 * such text (half a surrogate pair, a NUL) becomes U+FFFD here rather than something else in each.
 */
export const storable = (text: string): string => {
  const wellFormed = text.isWellFormed() ? text : text.toWellFormed()
  return wellFormed.includes("\0") ? wellFormed.replaceAll("\0", "\uFFFD") : wellFormed
}

/** Parameters as an engine may bind them. */
export const bindable = (params: ReadonlyArray<SqlValue> = []): Array<SqlValue> =>
  params.map((value) => (typeof value === "string" ? storable(value) : value))

/** A row by its columns' names. */
export const rowOf = (
  columns: ReadonlyArray<string>,
  values: ReadonlyArray<SqlValue>,
): Record<string, SqlValue> => {
  const row: Record<string, SqlValue> = {}
  for (let index = 0; index < columns.length; index += 1) {
    row[columns[index] as string] = values[index] as SqlValue
  }
  return row
}
