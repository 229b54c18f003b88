import { Effect } from "effect"
import type { Refusal } from "../../machines/refusal.ts"
import type { EventLog, LogFailed, StoredRow } from "../log/event-log.ts"
import {
  exportFormat,
  exportVersion,
  type ExportAnswer,
  type ExportEnd,
  type ExportHeader,
} from "../export-format.ts"

type Log = EventLog["Service"]

/** Where lines go. `digest` is of all that was written. */
export interface Lines {
  readonly write: (lines: ReadonlyArray<string>) => Effect.Effect<void, Refusal>
  readonly digest: () => string
}

/** What was written. */
export interface Tally {
  readonly head: number
  readonly hash: string
  readonly facts: number
  readonly answers: number
}

const pageSize = 500

/** Writes header, facts, answers and end of a log. */
export const exportLines = Effect.fnUntraced(function* (
  log: Log,
  app: string,
  { write, digest }: Lines,
): Effect.fn.Return<Tally, LogFailed | Refusal> {
  const head = yield* log.head
  const header: ExportHeader = {
    format: exportFormat,
    version: exportVersion,
    app,
    head,
    hash: yield* hashAt(log, head),
  }
  yield* write([JSON.stringify(header)])
  const last = yield* writeFacts(log, head, write)
  const answers = yield* writeAnswers(log, last, write)
  const tally = { head: last, hash: yield* hashAt(log, last), facts: last, answers }
  const end: ExportEnd = { end: true, ...tally, digest: digest() }
  yield* write([JSON.stringify(end)])
  return tally
})

/** The hash the chain stands at; blank where there is no fact yet. */
const hashAt = (log: Log, position: number): Effect.Effect<string, LogFailed> =>
  Effect.map(
    log.rows({ after: position - 1, upTo: position, limit: 1 }),
    ([row]) => (position === 0 ? "" : row?.hash) ?? "",
  )

/**
 * Every fact up to `head`, and on as long as texts were erased meanwhile: a fact without its text
 * must not stand there without the fact that erased it. Answers with the last position.
 */
const writeFacts = Effect.fnUntraced(function* (log: Log, head: number, write: Lines["write"]) {
  let after = 0
  let upTo = head
  while (after < upTo) {
    const page = yield* log.rows({ after, upTo, limit: pageSize })
    yield* write(page.map(factLine))
    after = page.at(-1)?.position ?? upTo
    if (after >= upTo) upTo = yield* lastErasure(log, upTo)
    yield* Effect.yieldNow
  }
  return upTo
})

const lastErasure = Effect.fnUntraced(function* (log: Log, after: number) {
  yield* log.durable
  const [row] = yield* log.query(
    "SELECT max(position) AS last FROM events WHERE position > ? AND type = 'bodies.erased'",
    [after],
  )
  return Number(row?.["last"] ?? after)
})

const factLine = (row: StoredRow): string => JSON.stringify(row)

/** Answers whose facts are written too; one that came later would speak of what is not there. */
const writeAnswers = Effect.fnUntraced(function* (log: Log, upTo: number, write: Lines["write"]) {
  let after = ""
  let count = 0
  for (;;) {
    const page = yield* log.query(
      `SELECT id, body_hash, result, at FROM commands WHERE id > ? AND NOT EXISTS
         (SELECT 1 FROM events WHERE event_id = commands.id || '/0' AND position > ?)
       ORDER BY id LIMIT ${pageSize}`,
      [after, upTo],
    )
    const last = page.at(-1)
    if (last === undefined) return count
    yield* log.durable
    yield* write(
      page.map((row) => {
        const answer: ExportAnswer = {
          command: String(row["id"]),
          body_hash: String(row["body_hash"]),
          result: String(row["result"]),
          at: Number(row["at"]),
        }
        return JSON.stringify(answer)
      }),
    )
    after = String(last["id"])
    count += page.length
    yield* Effect.yieldNow
  }
})
