import { Effect } from "effect"
import type { UnreadableFact } from "../../events/codec.ts"
import type { Recorded } from "../../events/envelope.ts"
import type { JobId } from "../../events/ids.ts"
import { jobStream } from "../../events/stream.ts"
import { LogFailed, type EventLog } from "../log/event-log.ts"
import type { SqlValue } from "../log/sql/engine.ts"

/** Which facts. `jobId` takes in what happened to the answers of its runs. */
export interface FactFilter {
  /** Positions strictly greater. */
  readonly after?: number
  readonly jobId?: JobId
  readonly type?: string
  /** At most this many, the earliest first; at most 1,000. */
  readonly limit?: number
}

/** `nextAfter` continues behind the last fact; null: there are no more now. */
export interface FactPage {
  readonly facts: ReadonlyArray<Recorded>
  readonly nextAfter: number | null
}

const factsDefault = 100
const factsMax = 1_000

/** Facts in the order of the log. */
export const listFacts = Effect.fnUntraced(function* (
  log: EventLog["Service"],
  filter: FactFilter,
) {
  const size = Math.min(Math.max(filter.limit ?? factsDefault, 1), factsMax)
  const facts = yield* isPlain(filter)
    ? readable(log.read({ after: filter.after ?? 0, limit: size + 1 }))
    : readable(selected(log, filter, size + 1))
  const more = facts.length > size
  const page = facts.slice(0, size)
  return {
    facts: page,
    nextAfter: more ? (page.at(-1)?.position ?? null) : null,
  } satisfies FactPage
})

/** The fact that made a job, also of a job that is gone. */
export const addedFact = Effect.fnUntraced(function* (log: EventLog["Service"], jobId: JobId) {
  const [first] = yield* readable(log.read({ stream: jobStream(jobId), limit: 1 }))
  return first?.fact.type === "job.added" ? first.fact : undefined
})

const isPlain = ({ jobId, type }: FactFilter): boolean => jobId === undefined && type === undefined

/** The index finds the positions; what stands there is read the one way facts are read. */
const selected = Effect.fnUntraced(function* (
  log: EventLog["Service"],
  filter: FactFilter,
  limit: number,
) {
  const clauses = filtered(filter)
  const positions = yield* log.query(
    `SELECT position FROM events WHERE ${clauses.map(([sql]) => `(${sql})`).join(" AND ")}
     ORDER BY position LIMIT ?`,
    [...clauses.flatMap(([, params]) => params), limit],
  )
  const facts = yield* Effect.forEach(positions, (row) => {
    const position = Number(row["position"])
    return log.read({ after: position - 1, upTo: position, limit: 1 })
  })
  return facts.flat()
})

type Clause = readonly [sql: string, params: ReadonlyArray<SqlValue>]

const filtered = ({ after = 0, jobId, type }: FactFilter): ReadonlyArray<Clause> => [
  ["position > ?", [after]],
  ...(type === undefined ? [] : [["type = ?", [type]] as const]),
  ...(jobId === undefined
    ? []
    : [
        [
          `stream = ? OR stream IN (SELECT 'run-' || (data ->> 'runId') FROM events
            WHERE stream = ? AND type = 'run.started')`,
          [jobStream(jobId), jobStream(jobId)],
        ] as const,
      ]),
]

/** A fact of a newer release stops a reading like any other failure of the log. */
const readable = <A>(
  reading: Effect.Effect<A, LogFailed | UnreadableFact>,
): Effect.Effect<A, LogFailed> =>
  Effect.catchTag(reading, "UnreadableFact", (unreadable) =>
    Effect.fail(new LogFailed({ reason: "unreadable", message: unreadable.message })),
  )
