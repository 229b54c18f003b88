import { Effect } from "effect"
import type { JobId } from "../../events/ids.ts"
import type { Refusal } from "../../machines/refusal.ts"
import type { JobRunRow } from "../../projections/job-runs.ts"
import type { EventLog, LogFailed, Row } from "../log/event-log.ts"
import type { SqlValue } from "../log/sql/engine.ts"
import { ambiguous, runNotFound } from "./not-found.ts"
import { cutPage, decodeCursor, pageSize, type Page } from "./page.ts"

/** Which runs, and which part of them. */
export interface RunFilter {
  readonly jobId?: JobId
  readonly status?: string
  /** Only runs of jobs made in this chat that still exist. */
  readonly owner?: { readonly channel: string; readonly chatId: string }
  readonly limit?: number
  readonly cursor?: string
}

export type RunPage = Page<JobRunRow>

type Query = EventLog["Service"]["query"]

const matchesMax = 10

/** Runs, latest first. */
export const listRuns = Effect.fnUntraced(function* (query: Query, filter: RunFilter) {
  const size = pageSize(filter.limit)
  const clauses = [...filtered(filter), ...(yield* behind(filter.cursor))]
  const where = clauses.length === 0 ? "1" : clauses.map(([sql]) => `(${sql})`).join(" AND ")
  // Sorted without their texts: those of the page alone are read.
  const found = yield* query(
    `SELECT * FROM job_runs WHERE rowid IN (
       SELECT rowid FROM job_runs WHERE ${where} ORDER BY started_at DESC, id DESC LIMIT ?)
     ORDER BY started_at DESC, id DESC`,
    [...clauses.flatMap(([, params]) => params), size + 1],
  )
  return cutPage(runRows(found), size, (row) => [row.started_at, row.id])
})

/** The run that `ref` names: its id, or the start of it. */
export const findRun = (query: Query, ref: string): Effect.Effect<JobRunRow, Refusal | LogFailed> =>
  Effect.gen(function* () {
    const start = ref.startsWith("run_") ? ref : `run_${ref}`
    const found = runRows(
      yield* query(
        `SELECT * FROM job_runs WHERE id = ? OR (id >= ? AND id < ?) ORDER BY id LIMIT ${matchesMax}`,
        start.length < 8 ? [ref, "", ""] : [ref, start, `${start}\u{10FFFF}`],
      ),
    )
    const exact = found.find(({ id }) => id === ref) ?? (found.length === 1 ? found[0] : undefined)
    if (exact !== undefined) return exact
    return yield* found.length === 0
      ? runNotFound(ref)
      : ambiguous(
          "run",
          ref,
          found.map(({ id }) => id),
        )
  })

type Clause = readonly [sql: string, params: ReadonlyArray<SqlValue>]

const filtered = ({ jobId, status, owner }: RunFilter): ReadonlyArray<Clause> => [
  ...(jobId === undefined ? [] : [["job_id = ?", [jobId]] as const]),
  ...(status === undefined ? [] : [["status = ?", [status]] as const]),
  ...(owner === undefined
    ? []
    : [
        [
          `job_id IN (SELECT id FROM scheduled_jobs
                      WHERE owner_channel = ? AND owner_chat_id = ?)`,
          [owner.channel, owner.chatId],
        ] as const,
      ]),
]

const behind = (cursor: string | undefined): Effect.Effect<ReadonlyArray<Clause>, Refusal> =>
  cursor === undefined
    ? Effect.succeed([])
    : Effect.map(Effect.fromResult(decodeCursor(cursor, ["number", "string"])), (key) => [
        ["(started_at, id) < (?, ?)", key],
      ])

const runRows = (rows: ReadonlyArray<Row>) => rows as unknown as ReadonlyArray<JobRunRow>
