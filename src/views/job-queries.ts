import { Effect } from "effect"
import type { Chat, JobId } from "../../events/ids.ts"
import type { Refusal } from "../../machines/refusal.ts"
import type { ScheduledJobRow } from "../../projections/scheduled-jobs.ts"
import type { EventLog, LogFailed, Row } from "../log/event-log.ts"
import type { SqlValue } from "../log/sql/engine.ts"
import { nearest } from "./near.ts"
import { ambiguous, jobForbidden, jobNotFound } from "./not-found.ts"
import { cutPage, decodeCursor, pageSize, type Page } from "./page.ts"

/** Which jobs, and which part of them. `owner` limits them to those made in one chat. */
export interface JobFilter {
  readonly status?: "all" | "enabled" | "disabled"
  readonly owner?: Chat
  readonly limit?: number
  readonly cursor?: string
}

/** `total` counts all jobs the filter fits, on this page or not. */
export interface JobPage extends Page<ScheduledJobRow> {
  readonly total: number
}

type Query = EventLog["Service"]["query"]
type Clause = readonly [sql: string, params: ReadonlyArray<SqlValue>]

const candidatesMax = 1_000
const matchesMax = 10

/** Jobs by next run, soonest first; those with nothing planned come last. */
export const listJobs = Effect.fnUntraced(function* (query: Query, filter: JobFilter) {
  const size = pageSize(filter.limit)
  const [where, params] = and(statusIs(filter.status), ownedBy(filter.owner))
  const [from, fromParams] = and([where, params], yield* behind(filter.cursor))
  const found = yield* query(
    `SELECT * FROM scheduled_jobs WHERE ${from}
     ORDER BY next_run_at IS NULL, next_run_at, id LIMIT ?`,
    [...fromParams, size + 1],
  )
  const counted = yield* query(
    `SELECT count(*) AS total FROM scheduled_jobs WHERE ${where}`,
    params,
  )
  const page = cutPage(jobRows(found), size, (row) => [row.next_run_at, row.id])
  return { ...page, total: Number(counted[0]?.["total"] ?? 0) } satisfies JobPage
})

/** The job that `ref` names: its id, else its name when no other has it, else the start of its id. */
export const findJob = (
  query: Query,
  ref: string,
  owner: Chat | undefined,
): Effect.Effect<ScheduledJobRow, Refusal | LogFailed> =>
  Effect.gen(function* () {
    for (const named of [idIs(ref), nameIs(ref), idStartsWith(ref)]) {
      const found = yield* matching(query, and(named, ownedBy(owner)))
      if (found[0] !== undefined && found.length === 1) return found[0]
      if (found.length > 1) return yield* ambiguous("job", ref, found.map(label))
    }
    const foreign = owner === undefined ? [] : yield* matching(query, idIs(ref))
    if (foreign.length > 0) return yield* jobForbidden(ref)
    return yield* jobNotFound(ref, yield* nearJobs(query, ref, owner))
  })

/** The job that holds `key`. */
export const findJobByKey = (
  query: Query,
  key: string,
): Effect.Effect<ScheduledJobRow | undefined, LogFailed> =>
  Effect.map(
    matching(query, ["id = (SELECT job_id FROM job_keys WHERE key = ?)", [key]]),
    (found) => found[0],
  )

/** Other jobs of the same name, for a warning. */
export const findJobsNamed = (
  query: Query,
  name: string,
  owner: Chat,
): Effect.Effect<ReadonlyArray<JobId>, LogFailed> =>
  Effect.map(matching(query, and(nameIs(name), ownedBy(owner))), (found) =>
    found.map(({ id }) => id),
  )

const matching = (query: Query, [where, params]: Clause) =>
  Effect.map(
    query(`SELECT * FROM scheduled_jobs WHERE ${where} ORDER BY id LIMIT ${matchesMax}`, params),
    jobRows,
  )

/** Only the jobs added last are compared: a distance to a million names would stop the loop. */
const nearJobs = (query: Query, ref: string, owner: Chat | undefined) => {
  const [where, params] = ownedBy(owner)
  const recent = query(
    `SELECT id, name FROM scheduled_jobs WHERE ${where} ORDER BY rowid DESC LIMIT ?`,
    [...params, candidatesMax],
  )
  return Effect.map(recent, (found) => {
    const rows = jobRows(found)
    const near = nearest(
      ref,
      rows.flatMap(({ id, name }) => [id, name]),
    )
    return rows.filter(({ id, name }) => near.includes(id) || near.includes(name)).map(label)
  })
}

const label = ({ id, name }: ScheduledJobRow): string => `${id} (${name})`

const jobRows = (rows: ReadonlyArray<Row>) => rows as unknown as ReadonlyArray<ScheduledJobRow>

const always: Clause = ["1", []]

const and = (...clauses: ReadonlyArray<Clause>): Clause => [
  clauses.map(([sql]) => `(${sql})`).join(" AND "),
  clauses.flatMap(([, params]) => params),
]

const statusIs = (status: JobFilter["status"] = "all"): Clause =>
  status === "all" ? always : ["enabled = ?", [status === "enabled" ? 1 : 0]]

const ownedBy = (owner: Chat | undefined): Clause =>
  owner === undefined
    ? always
    : ["owner_channel = ? AND owner_chat_id = ?", [owner.channel, owner.chatId]]

const idIs = (ref: string): Clause => ["id = ?", [ref]]
const nameIs = (ref: string): Clause => ["name = ?", [ref]]

/** A range and not LIKE: it uses the index, and nothing in `ref` has a meaning of its own. */
const idStartsWith = (ref: string): Clause => {
  const start = ref.startsWith("job_") ? ref : `job_${ref}`
  return start.length < 8 ? ["0", []] : ["id >= ? AND id < ?", [start, `${start}\u{10FFFF}`]]
}

const behind = (cursor: string | undefined): Effect.Effect<Clause, Refusal> =>
  cursor === undefined
    ? Effect.succeed(always)
    : Effect.map(Effect.fromResult(decodeCursor(cursor, ["number?", "string"])), afterRow)

const afterRow = ([nextRunAt = null, id = null]: ReadonlyArray<SqlValue>): Clause =>
  nextRunAt === null
    ? ["next_run_at IS NULL AND id > ?", [id]]
    : [
        "next_run_at IS NULL OR next_run_at > ? OR (next_run_at = ? AND id > ?)",
        [nextRunAt, nextRunAt, id],
      ]
