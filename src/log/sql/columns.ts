import type { Fact } from "../../../events/fact.ts"
import { deliveries } from "../../../projections/deliveries.ts"
import { jobKeys } from "../../../projections/job-keys.ts"
import { jobRuns } from "../../../projections/job-runs.ts"
import type { Projection } from "../../../projections/projection.ts"
import { scheduledJobs } from "../../../projections/scheduled-jobs.ts"
import type { Row } from "../event-log.ts"

/** How SQLite declares a column; `?` may be null. */
export type ColumnType = "TEXT" | "TEXT?" | "INTEGER" | "INTEGER?"

/** A projection as a table of SQL. `cacheMax` bounds the rows kept at hand between commits. */
export interface TableSpec {
  readonly projection: Projection<Row, Fact>
  readonly columns: Readonly<Record<string, ColumnType>>
  readonly indexes: ReadonlyArray<string>
  readonly cacheMax: number
}

type Columns<R> = { readonly [Column in keyof R]: ColumnType }

/** Every column of the row, none missing and none too many: the compiler counts. */
const spec = <R, Family extends Fact>(
  projection: Projection<R, Family>,
  table: {
    readonly columns: Columns<R>
    readonly indexes: ReadonlyArray<string>
    readonly cacheMax: number
  },
): TableSpec => ({ ...table, projection: projection as unknown as Projection<Row, Fact> })

const jobsTable = spec(scheduledJobs, {
  columns: {
    id: "TEXT",
    name: "TEXT",
    schedule: "TEXT",
    prompt: "TEXT",
    channel: "TEXT",
    chat_id: "TEXT",
    model: "TEXT?",
    enabled: "INTEGER",
    delete_after_run: "INTEGER",
    next_run_at: "INTEGER?",
    last_run_at: "INTEGER?",
    last_status: "TEXT?",
    last_error: "TEXT?",
    created_at: "INTEGER",
    updated_at: "INTEGER",
    state: "TEXT",
    disabled_reason: "TEXT?",
    revision: "INTEGER",
    wake_at: "INTEGER?",
    wake_due_at: "INTEGER?",
    wake_attempt: "INTEGER?",
    plan: "TEXT?",
    retry: "TEXT?",
    backlog: "TEXT?",
    paused: "INTEGER",
    paused_until: "INTEGER?",
    open_run_id: "TEXT?",
    open_run_trigger: "TEXT?",
    asked: "TEXT?",
    failures_in_row: "INTEGER",
    owner_channel: "TEXT",
    owner_chat_id: "TEXT",
    key: "TEXT?",
    policy: "TEXT",
    version: "INTEGER",
  },
  indexes: ["wake_at"],
  cacheMax: 10_000,
})

const runsTable = spec(jobRuns, {
  columns: {
    id: "TEXT",
    job_id: "TEXT",
    started_at: "INTEGER",
    finished_at: "INTEGER?",
    status: "TEXT",
    output: "TEXT?",
    error: "TEXT?",
    duration_ms: "INTEGER?",
    due_at: "INTEGER",
    revision: "INTEGER",
    attempt: "INTEGER",
    trigger: "TEXT",
    late_ms: "INTEGER",
    deadline_at: "INTEGER",
    error_class: "TEXT?",
    output_length: "INTEGER?",
    usage: "TEXT?",
    boot_id: "TEXT",
    pid: "INTEGER?",
    process_started_at: "INTEGER?",
    delivery: "TEXT?",
  },
  indexes: ["job_id, started_at", "status"],
  cacheMax: 1_000,
})

const deliveriesTable = spec(deliveries, {
  columns: {
    id: "TEXT",
    job_id: "TEXT",
    run_id: "TEXT",
    channel: "TEXT",
    chat_id: "TEXT",
    attempt: "INTEGER",
    status: "TEXT",
  },
  indexes: [],
  cacheMax: 1_000,
})

const keysTable = spec(jobKeys, {
  columns: { job_id: "TEXT", key: "TEXT" },
  indexes: ["key"],
  cacheMax: 1_000,
})

/** The tables that the log adds up to. */
export const tableSpecs: ReadonlyArray<TableSpec> = [
  jobsTable,
  runsTable,
  deliveriesTable,
  keysTable,
]
