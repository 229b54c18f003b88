import type { Recorded } from "../../../events/envelope.ts"
import type { StoredRow } from "../event-log.ts"
import { makeAnswers, makeSnapshots, type Answers, type Snapshots } from "./answers.ts"
import { genesisHash } from "./chain.ts"
import type { SqlEngine } from "./engine.ts"
import { makeErase } from "./erase.ts"
import { makeEvents, type Events } from "./events.ts"
import { kindOf, type Labels } from "./open.ts"
import { makeTables, type Tables } from "./tables.ts"
import { makeTransaction, type Transaction } from "./transaction.ts"

/** The parts of a store, and where its log ends. */
export interface Parts {
  readonly engine: SqlEngine
  readonly events: Events
  readonly answers: Answers
  readonly snapshots: Snapshots
  readonly tables: Tables
  readonly transaction: Transaction
  readonly tail: { head: number; hash: string }
  /** Writes a fact and what it comes to in the tables. Inside a transaction. */
  readonly record: (row: StoredRow, recorded: Recorded) => void
}

export const makeParts = (engine: SqlEngine, labels: Labels): Parts => {
  const events = makeEvents(engine)
  const tables = makeTables(engine)
  const snapshots = makeSnapshots(engine)
  const answers = makeAnswers(engine)
  const erase = makeErase({ engine, events, tables, snapshots, answers })
  const label = makeLabelling(labels)
  const last = events.last()
  const tail = { head: last?.position ?? 0, hash: last?.hash ?? genesisHash }

  const record = (row: StoredRow, recorded: Recorded): void => {
    const { fact, meta } = recorded
    label(row, meta.app)
    events.insert(row)
    tables.fold(recorded)
    if (fact.type === "bodies.erased") erase(fact.positions)
    tail.head = row.position
    tail.hash = row.hash
  }

  return {
    engine,
    events,
    tables,
    snapshots,
    tail,
    record,
    answers,
    transaction: makeTransaction(engine, tables),
  }
}

/** Keeps in the file which types of facts are in it, so that another release knows at once. */
const makeLabelling = (labels: Labels) => {
  const shapes = new Map<string, number>()
  let writer = labels.get("app")
  return ({ type, schema }: StoredRow, app: string): void => {
    if (app !== writer) labels.put("app", app)
    writer = app
    if (shapes.get(type) === schema) return
    shapes.set(type, schema)
    const kind = kindOf(type, schema)
    if (labels.get(kind) === undefined) labels.put(kind, app)
  }
}
