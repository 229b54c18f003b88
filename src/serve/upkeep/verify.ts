import { Effect, Schema } from "effect"
import { differences, makeFold, tableKeys, type Folded } from "../../inspect/tables.ts"
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

/** Facts may be appended while tables are read; then what is new is folded, and they are read again. */
const compareTables = Effect.fnUntraced(function* (head: number) {
  const log = yield* EventLog
  const fold = makeFold()
  let folded = 0
  let upTo = head
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    yield* eachFact({ after: folded, upTo }, fold.take)
    folded = upTo
    const stored = yield* Effect.forEach(tableKeys, storedRows)
    upTo = yield* log.head
    if (upTo === folded) return compared(fold.folded().tables, stored)
  }
  return { rows: {}, problems: [neverQuiet] }
})

const attemptsMax = 50

const neverQuiet = {
  where: "tables",
  message:
    "Facts kept arriving, so the tables could not be compared. Try again in a quieter moment.",
}

interface StoredTable {
  readonly table: string
  readonly rows: ReadonlyMap<string, Row>
}

const compared = (folded: Folded["tables"], stored: ReadonlyArray<StoredTable>) => ({
  rows: Object.fromEntries(stored.map(({ table, rows }) => [table, rows.size])),
  problems: stored.flatMap(({ table, rows }) => {
    const different = differences(folded.get(table) ?? new Map<string, Row>(), rows)
    return different.length === 0 ? [] : [{ where: table, message: differing(different) }]
  }),
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

const storedRows = Effect.fnUntraced(function* ([table, key]: readonly [string, string]) {
  const log = yield* EventLog
  const rows = yield* log.query(`SELECT * FROM ${table}`)
  return { table, rows: new Map(rows.map((row) => [String(row[key]), row])) }
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
