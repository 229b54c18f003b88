import type { Recorded } from "../../events/envelope.ts"
import { projections, type AnyRow, type Tables } from "../../projections/all.ts"
import { project, touched } from "../../projections/projection.ts"
import { storable } from "../../projections/storable.ts"

/** Tables folded beside the live ones, from facts alone. */
export interface Shadow {
  readonly fold: (recorded: Recorded) => void
  readonly row: (table: keyof Tables, key: string) => AnyRow | undefined
  readonly keys: (table: keyof Tables) => Iterable<string>
  /** All rows, by primary key. */
  readonly tables: () => Tables
  readonly clear: () => void
}

/** `holds` says which rows to keep, for those who have no room for all of them at once. */
export const makeShadow = (holds: (key: string) => boolean = () => true): Shadow => {
  const rows = new Map(projections.map(({ table }) => [table, new Map<string, AnyRow>()]))
  const rowsOf = (table: keyof Tables): Map<string, AnyRow> => rows.get(table) ?? new Map()

  const fold = (recorded: Recorded): void => {
    for (const projection of projections) {
      const held = rowsOf(projection.table)
      for (const key of touched(projection, recorded)) {
        if (!holds(key)) continue
        const row = project(projection, held.get(key), recorded)
        if (row === undefined) held.delete(key)
        else held.set(key, row)
      }
    }
  }

  return {
    fold,
    row: (table, key) => stored(rowsOf(table).get(key)),
    keys: (table) => rowsOf(table).keys(),
    clear: () => rows.forEach((held) => held.clear()),
    tables: () =>
      Object.fromEntries(
        projections.map(({ table, key }) => [table, inOrder(rowsOf(table).values(), key)]),
      ) as unknown as Tables,
  }
}

const inOrder = (rows: Iterable<AnyRow>, key: string): ReadonlyArray<AnyRow | undefined> =>
  [...rows].toSorted((one, other) => compare(String(one[key]), String(other[key]))).map(stored)

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0)

const stored = (row: AnyRow | undefined): AnyRow | undefined =>
  row &&
  Object.fromEntries(
    Object.entries(row).map(([column, value]) => [
      column,
      typeof value === "string" ? storable(value) : value,
    ]),
  )
