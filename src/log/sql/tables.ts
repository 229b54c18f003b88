import type { FactType } from "../../../events/fact.ts"
import { touched, type Folded } from "../../../projections/projection.ts"
import { tableSpecs } from "./columns.ts"
import type { SqlEngine } from "./engine.ts"
import { makeTable, type Table } from "./table.ts"

/** A row of one of the tables. */
export interface RowRef {
  readonly table: Table
  readonly key: string
}

/** All tables that the log adds up to, over one engine. */
export interface Tables {
  readonly fold: (recorded: Folded) => void
  readonly touched: (recorded: Folded) => ReadonlyArray<RowRef>
  readonly flush: () => void
  readonly forget: () => void
  readonly clear: () => void
}

export const makeTables = (engine: SqlEngine): Tables => {
  const all = tableSpecs.map((spec) => makeTable(engine, spec))
  const concerned = new Map<FactType, ReadonlyArray<Table>>()

  /** The tables that have something to say about a type of fact, found once. */
  const tablesOf = (type: FactType): ReadonlyArray<Table> => {
    const known = concerned.get(type)
    if (known !== undefined) return known
    const tables = all.filter(({ spec }) => type in spec.projection.handlers)
    concerned.set(type, tables)
    return tables
  }

  return {
    fold: (recorded) => {
      for (const table of tablesOf(recorded.fact.type)) {
        for (const key of touched(table.spec.projection, recorded)) table.fold(key, recorded)
      }
    },
    touched: (recorded) =>
      tablesOf(recorded.fact.type).flatMap((table) =>
        touched(table.spec.projection, recorded).map((key) => ({ table, key })),
      ),
    flush: () => all.forEach((table) => table.flush()),
    forget: () => all.forEach((table) => table.forget()),
    clear: () => all.forEach((table) => table.clear()),
  }
}
