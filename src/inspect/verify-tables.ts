import { Effect } from "effect"
import type { Recorded } from "../../events/envelope.ts"
import type { UnreadableFact } from "../../events/codec.ts"
import { projections, type AnyRow, type Tables } from "../../projections/all.ts"
import type { EventLog, LogFailed } from "../log/event-log.ts"
import type { Findings } from "./findings.ts"
import { eachPage, pageSize } from "./pages.ts"
import { partOf } from "./parts.ts"
import { makeShadow, type Shadow } from "./shadow.ts"

type Log = EventLog["Service"]
type Failure = LogFailed | UnreadableFact

/** How many rows are folded at once; more of them are folded in several passes over the log. */
const rowsPerPass = 100_000
/** Appends go on meanwhile: how often a row is looked at again before the verdict. */
const roundsMax = 50

/** A row that was not as the facts say when it was looked at. */
interface Suspect {
  readonly table: keyof Tables
  readonly keyColumn: string
  readonly key: string
}

/** Folds all tables once more, and compares them row by row. Answers with how many rows it saw. */
export const verifyTables = Effect.fnUntraced(function* (
  log: Log,
  visited: (count: number) => void,
  findings: Findings,
): Effect.fn.Return<number, Failure> {
  const rowsCount = yield* countRows(log)
  const passesCount = Math.max(1, Math.ceil(rowsCount / rowsPerPass))
  let seenCount = 0
  for (let pass = 0; pass < passesCount; pass += 1) {
    const holds = (key: string) => partOf(key, passesCount) === pass
    const follower = makeFollower(log, makeShadow(holds), visited)
    yield* follower.catchUp
    for (const projection of projections) {
      const { suspects, count } = yield* compareTable(log, follower.shadow, { projection, holds })
      seenCount += count
      for (const suspect of yield* confirm(log, follower, suspects)) {
        findings.add(differenceOf(suspect, follower.shadow.row(suspect.table, suspect.key)))
      }
    }
  }
  return seenCount
})

const countRows = Effect.fnUntraced(function* (log: Log) {
  const counts = projections.map(({ table }) => `(SELECT count(*) FROM ${table})`).join(" + ")
  const [row] = yield* log.query(`SELECT ${counts} AS count`)
  return Number(row?.["count"] ?? 0)
})

interface Follower {
  readonly shadow: Shadow
  /** Folds up to where the log is now, and answers with that position. */
  readonly catchUp: Effect.Effect<number, Failure>
}

const makeFollower = (log: Log, shadow: Shadow, visited: (count: number) => void): Follower => {
  let position = 0
  let begunAt = 0

  const fold = (page: ReadonlyArray<Recorded>): void => {
    for (const recorded of page) shadow.fold(recorded)
    visited(page.length)
  }

  const catchUp = Effect.gen(function* () {
    for (;;) {
      const upTo = yield* log.head
      if (upTo === position) return position
      if (position === 0) begunAt = upTo
      let isStale = false
      yield* eachPage(log.read, { after: position, upTo }, (page) => {
        isStale ||= page.some((recorded) => erasesBehind(recorded, begunAt))
        fold(page)
      })
      if (isStale) shadow.clear()
      position = isStale ? 0 : upTo
    }
  })
  return { shadow, catchUp }
}

/** Texts were folded that are gone since: the past itself has changed, and is read again. */
const erasesBehind = ({ fact, position }: Recorded, begunAt: number): boolean =>
  fact.type === "bodies.erased" && position > begunAt

interface Comparing {
  readonly projection: (typeof projections)[number]
  readonly holds: (key: string) => boolean
}

const compareTable = Effect.fnUntraced(function* (
  log: Log,
  shadow: Shadow,
  { projection: { table, key: keyColumn }, holds }: Comparing,
) {
  const suspects: Array<Suspect> = []
  const seen = new Set<string>()
  let after = ""
  for (;;) {
    const page = yield* log.query(
      `SELECT * FROM ${table} WHERE ${keyColumn} > ? ORDER BY ${keyColumn} LIMIT ${pageSize}`,
      [after],
    )
    for (const row of page) {
      const key = String(row[keyColumn])
      after = key
      if (!holds(key)) continue
      seen.add(key)
      if (!isSame(row, shadow.row(table, key))) suspects.push({ table, keyColumn, key })
    }
    if (page.length < pageSize) break
    yield* Effect.yieldNow
  }
  for (const key of shadow.keys(table)) {
    if (!seen.has(key)) suspects.push({ table, keyColumn, key })
  }
  return { suspects, count: seen.size }
})

/** Looks again at what was different, until it is the same or nothing was appended meanwhile. */
const confirm = Effect.fnUntraced(function* (
  log: Log,
  { shadow, catchUp }: Follower,
  suspects: ReadonlyArray<Suspect>,
) {
  let left = suspects
  for (let round = 0; round < roundsMax && left.length > 0; round += 1) {
    const position = yield* catchUp
    const rows = yield* Effect.forEach(left, (suspect) => rowOf(log, suspect))
    left = left.filter(({ table, key }, at) => !isSame(rows[at], shadow.row(table, key)))
    if ((yield* log.head) === position) return left
  }
  return left
})

const rowOf = (log: Log, { table, keyColumn, key }: Suspect) =>
  Effect.map(
    log.query(`SELECT * FROM ${table} WHERE ${keyColumn} = ?`, [key]),
    (rows): AnyRow | undefined => rows[0],
  )

const isSame = (one: AnyRow | undefined, other: AnyRow | undefined): boolean => {
  if (one === undefined || other === undefined) return one === other
  const columns = Object.keys(one)
  return (
    columns.length === Object.keys(other).length &&
    columns.every((column) => one[column] === other[column])
  )
}

const differenceOf = ({ table, key }: Suspect, expected: AnyRow | undefined) => ({
  what: "row" as const,
  row: { table, key },
  message:
    expected === undefined
      ? `the row ${key} of ${table} has no facts behind it`
      : `the row ${key} of ${table} is not what its facts add up to`,
})
