import type { Recorded } from "../../../events/envelope.ts"
import { dataSaltOf } from "./chain.ts"
import type { Answers, Snapshots } from "./answers.ts"
import type { SqlEngine } from "./engine.ts"
import { recordedOf, type Events } from "./events.ts"
import type { RowRef, Tables } from "./tables.ts"

/** What an erasure works on. */
export interface Erasing {
  readonly engine: SqlEngine
  readonly events: Events
  readonly tables: Tables
  readonly snapshots: Snapshots
  readonly answers: Answers
}

/**
 * Takes the texts of some facts away, with the salts of their digests, and folds every row again
 * that showed one, so that it is equal to the one a rebuild gives.
 */
export const makeErase = ({ engine, events, tables, snapshots, answers }: Erasing) => {
  const wipe = engine.prepare("UPDATE events SET body = NULL, salt = ? WHERE position = ?")

  const wipeAt = (position: number): Recorded | undefined => {
    const row = events.byPosition(position)
    if (row === undefined || row.body === null) return undefined
    wipe.run([dataSaltOf(row.salt), position])
    // The answer to the command may repeat the text, such as a name that begins the prompt.
    answers.drop(row.event_id.slice(0, row.event_id.lastIndexOf("/")))
    return recordedOf([{ ...row, body: null }])[0]
  }

  return (positions: ReadonlyArray<number>): void => {
    // What is freed is overwritten with zeros: the text must not stay in the pages of the file.
    engine.exec("PRAGMA secure_delete = on")
    const wiped = positions.flatMap((position) => wipeAt(position) ?? [])
    for (const stream of new Set(wiped.map(({ stream }) => stream))) snapshots.drop(stream)
    const rows = wiped.flatMap((recorded) => showing(tables.touched(recorded), recorded))
    foldAgain(rows, { events, tables })
    tables.flush()
    engine.exec("PRAGMA secure_delete = off")
  }
}

/** Folds rows from the streams they come from. A row that is not there was removed, and stays so. */
const foldAgain = (
  rows: ReadonlyArray<RowRef>,
  { events, tables }: Pick<Erasing, "events" | "tables">,
): void => {
  const stale = new Map<string, RowRef>()
  const streams = new Set<string>()
  for (const ref of rows) {
    const row = ref.table.row(ref.key)
    if (row === undefined) continue
    stale.set(idOf(ref), ref)
    for (const stream of ref.table.spec.projection.streams(row)) streams.add(stream)
  }
  for (const { table, key } of stale.values()) table.replace(key, undefined)
  for (const recorded of inOrder([...streams], events)) {
    for (const ref of tables.touched(recorded)) {
      if (stale.has(idOf(ref))) ref.table.fold(ref.key, recorded)
    }
  }
}

const showing = (rows: ReadonlyArray<RowRef>, { fact }: Recorded): ReadonlyArray<RowRef> =>
  rows.filter(({ table }) => table.spec.projection.shows.includes(fact.type))

const inOrder = (streams: ReadonlyArray<string>, events: Events): ReadonlyArray<Recorded> =>
  streams
    .flatMap((stream) => recordedOf(events.rows({ stream })))
    .toSorted((one, other) => one.position - other.position)

const idOf = ({ table, key }: RowRef): string => `${table.spec.projection.table} ${key}`
