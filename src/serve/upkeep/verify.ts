import { Effect, Schema } from "effect"
import { differences, makeFold, tableKeys } from "../../inspect/tables.ts"
import { EventLog, type Row } from "../../log/event-log.ts"
import { defineOperation } from "../../operations/operation.ts"
import { Keeper } from "./keeper.ts"
import { eachFact, readable } from "./pages.ts"

const Problem = Schema.Struct({
  /** chain, or the table that differs. */
  where: Schema.String,
  message: Schema.String,
})

export const VerifyAnswer = Schema.Struct({
  ok: Schema.Boolean,
  facts: Schema.Int,
  head: Schema.Int,
  /** The hash of the last fact: it stands for the whole log. */
  hash: Schema.String,
  rows: Schema.Record(Schema.String, Schema.Int),
  problems: Schema.Array(Problem),
})
export type VerifyAnswer = typeof VerifyAnswer.Type

/**
 * Walks the chain of hashes from the first fact to the last, then folds all facts in memory and
 * compares the tables row by row. It writes nothing.
 */
export const verify = defineOperation({
  name: "verify",
  title: "Prove that the log is whole and the tables are what it adds up to",
  kind: "read",
  input: Schema.Struct({}),
  output: VerifyAnswer,
  run: Effect.fn("verify")(function* () {
    const log = yield* EventLog
    const head = yield* log.head
    const chain = yield* walkChain(head)
    // Facts that are not as they were recorded add up to nothing.
    const tables = chain.problems.length > 0 ? noTables : yield* compareTables(head)
    const problems = [...chain.problems, ...tables.problems]
    return {
      ok: problems.length === 0,
      facts: chain.count,
      head,
      hash: chain.hash,
      rows: tables.rows,
      problems,
    }
  }),
})

const noTables = { rows: {}, problems: [] }

const compareTables = Effect.fnUntraced(function* (head: number) {
  const log = yield* EventLog
  const fold = makeFold()
  yield* eachFact(head, fold.take)
  const { tables } = fold.folded()
  const compared = yield* Effect.forEach(tableKeys, ([table, key]) =>
    Effect.map(stored(table, key), (rows) => ({
      table,
      count: rows.size,
      different: differences(tables.get(table) ?? new Map<string, Row>(), rows),
    })),
  )
  // While facts are appended, tables and fold may tell of two moments: that is no difference.
  const hasMoved = (yield* log.head) !== head
  return {
    rows: Object.fromEntries(compared.map(({ table, count }) => [table, count])),
    problems: compared
      .filter(({ different }) => different.length > 0 && !hasMoved)
      .map(({ table, different }) => ({ where: table, message: differing(different) })),
  }
})

const shownMax = 5

const differing = (keys: ReadonlyArray<string>): string =>
  `${keys.length} rows are not what the log adds up to: ${keys.slice(0, shownMax).join(", ")}${
    keys.length > shownMax ? ", ..." : ""
  }. \`horolog rebuild\` folds them again.`

const pageSize = 2_000

const walkChain = Effect.fnUntraced(function* (head: number) {
  const log = yield* EventLog
  const keeper = yield* Keeper
  let place: { readonly position: number; readonly hash: string } = keeper.chainStart
  let count = 0
  while (place.position < head) {
    const rows = yield* log.rows({ after: place.position, upTo: head, limit: pageSize })
    if (rows.length === 0) break
    const next = keeper.checkChain(place, rows)
    if ("problem" in next) return { count, hash: place.hash, problems: [brokenAt(next)] }
    count += rows.length
    place = next
    yield* Effect.yieldNow
  }
  return { count, hash: place.hash, problems: [] }
})

const brokenAt = ({ position, problem }: { position: number; problem: string }) => ({
  where: "chain",
  message: `The fact at position ${position} is not as it was recorded: ${problem}.`,
})

const stored = Effect.fnUntraced(function* (table: string, key: string) {
  const log = yield* EventLog
  const rows = yield* log.query(`SELECT * FROM ${table}`)
  return new Map(rows.map((row) => [String(row[key]), row]))
})

/** Folds the tables again from the log. */
export const rebuild = defineOperation({
  name: "rebuild",
  title: "Fold the tables again from the log",
  kind: "write",
  input: Schema.Struct({}),
  output: Schema.Struct({ head: Schema.Int, rows: Schema.Record(Schema.String, Schema.Int) }),
  run: Effect.fn("rebuild")(function* () {
    const log = yield* EventLog
    yield* readable(log.rebuild)
    yield* log.durable
    const counts = yield* Effect.forEach(tableKeys, ([table]) =>
      Effect.map(log.query(`SELECT count(*) AS count FROM ${table}`), ([row]) => [
        table,
        Number(row?.["count"] ?? 0),
      ]),
    )
    return { head: yield* log.head, rows: Object.fromEntries(counts) as Record<string, number> }
  }),
})
