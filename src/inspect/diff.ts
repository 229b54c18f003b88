import { Effect } from "effect"
import type { UnreadableFact } from "../../events/codec.ts"
import type { JobId } from "../../events/ids.ts"
import type { EpochMs } from "../../events/time.ts"
import { projections, type AnyRow, type Tables } from "../../projections/all.ts"
import type { EventLog, LogFailed } from "../log/event-log.ts"
import { replay, type Moment } from "./replay.ts"

/** A row that came, went, or holds something else than before. */
export interface RowChange {
  readonly table: keyof Tables
  readonly key: string
  readonly change: "added" | "removed" | "changed"
  /** What it held: all of it when it went, what is other now when it changed, null when it came. */
  readonly before: AnyRow | null
  readonly after: AnyRow | null
}

/** Where the log stood at a moment. */
export interface Place {
  readonly position: number
  readonly at: EpochMs | null
}

/** What is different between two moments. */
export interface Difference {
  readonly from: Place
  readonly to: Place
  /** By table, and by key within a table. */
  readonly changes: ReadonlyArray<RowChange>
}

/** Two moments, and whether only one job is looked at. */
export interface Between {
  readonly from: Omit<Moment, "jobId">
  readonly to: Omit<Moment, "jobId">
  readonly jobId?: JobId
}

/** What changed in the tables from one moment to another, folded from facts; the later one may come first. */
export const diff = Effect.fn("diff")(function* (
  log: EventLog["Service"],
  { from, to, jobId }: Between,
): Effect.fn.Return<Difference, LogFailed | UnreadableFact> {
  const whose = jobId === undefined ? {} : { jobId }
  const before = yield* replay(log, { ...from, ...whose })
  const after = yield* replay(log, { ...to, ...whose })
  return {
    from: { position: before.position, at: before.at },
    to: { position: after.position, at: after.at },
    changes: differenceOf(before.tables, after.tables),
  }
})

/** The rows that are not the same in both. */
export const differenceOf = (before: Tables, after: Tables): ReadonlyArray<RowChange> =>
  projections.flatMap(({ table, key }) => {
    const former = byKey(before[table] as unknown as ReadonlyArray<AnyRow>, key)
    const present = byKey(after[table] as unknown as ReadonlyArray<AnyRow>, key)
    const keys = [...new Set([...former.keys(), ...present.keys()])].toSorted()
    return keys.flatMap((one) => {
      const change = changeOf(former.get(one), present.get(one))
      return change === undefined ? [] : [{ table, key: one, ...change }]
    })
  })

const byKey = (rows: ReadonlyArray<AnyRow>, key: string): ReadonlyMap<string, AnyRow> =>
  new Map(rows.map((row) => [String(row[key]), row]))

const changeOf = (
  before: AnyRow | undefined,
  after: AnyRow | undefined,
): Pick<RowChange, "change" | "before" | "after"> | undefined => {
  if (before === undefined) return { change: "added", before: null, after: after ?? null }
  if (after === undefined) return { change: "removed", before, after: null }
  const columns = Object.keys(after).filter((column) => before[column] !== after[column])
  if (columns.length === 0) return undefined
  return { change: "changed", before: only(before, columns), after: only(after, columns) }
}

const only = (row: AnyRow, columns: ReadonlyArray<string>): AnyRow =>
  Object.fromEntries(columns.map((column) => [column, row[column] ?? null]))
