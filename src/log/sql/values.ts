import { storable } from "../../../projections/storable.ts"
import type { SqlValue } from "./engine.ts"

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
