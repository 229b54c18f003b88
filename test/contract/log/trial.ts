import { Effect, type Scope } from "effect"
import type { Fact } from "../../../events/fact.ts"
import { jobStream } from "../../../events/stream.ts"
import type { EventLog, LogFailed, Row } from "../../../src/log/event-log.ts"
import { added, hour, jobId, noon, runId, started } from "../../kit/samples.ts"
import { rescheduled, succeeded } from "../log-batches.ts"

export type Log = EventLog["Service"]

/** Somewhere a log can be. Opened again, it holds what it held, when it `survives`. */
export interface Place {
  readonly open: Effect.Effect<Log, LogFailed, Scope.Scope>
}

export interface LogTrial {
  readonly place: () => Place
  readonly survives: boolean
}

export const stream = jobStream(jobId)
export const life: ReadonlyArray<Fact> = [
  added(),
  started(),
  succeeded(runId),
  rescheduled(noon + hour),
]

/** A test on a log in a place of its own. */
export const onNewLog =
  ({ place }: LogTrial) =>
  <A, E>(test: (log: Log) => Effect.Effect<A, E, Scope.Scope>) =>
    Effect.scoped(Effect.flatMap(place().open, test))

/** The tables, whole and in an order of their own. */
export const tablesOf = (log: Log): Effect.Effect<Record<string, ReadonlyArray<Row>>, LogFailed> =>
  Effect.all({
    scheduled_jobs: log.query("SELECT * FROM scheduled_jobs ORDER BY id"),
    job_runs: log.query("SELECT * FROM job_runs ORDER BY id"),
    deliveries: log.query("SELECT * FROM deliveries ORDER BY id"),
    job_keys: log.query("SELECT * FROM job_keys ORDER BY job_id"),
  })
