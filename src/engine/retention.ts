import { Context, Effect, Layer } from "effect"
import type { Fact } from "../../events/fact.ts"
import type { JobId } from "../../events/ids.ts"
import { jobStream, runStream, systemStream } from "../../events/stream.ts"
import { Clock } from "../clock/clock.ts"
import { EventLog, type LogFailed, type Row } from "../log/event-log.ts"
import { Random } from "../random.ts"
import { Settings } from "../settings.ts"
import { Heads } from "./heads.ts"
import { Recorder } from "./recorder.ts"

/** How much one fact prunes or erases at the most; the rest follows in further facts. */
const batchMax = 500
const dayMs = 86_400_000

/** What a sweep took away. */
export interface Swept {
  readonly runsPruned: number
  readonly textsErased: number
}

/**
 * Keeps the tables and the texts from growing for ever. Rows of old runs leave the tables while their
 * facts stay; old texts leave the log while their digests stay, so the chain still holds.
 */
export class Retention extends Context.Service<
  Retention,
  {
    /** Applies the configured retention. */
    readonly sweep: Effect.Effect<Swept, LogFailed>
    /** Erases every text of a job and its runs; of a job that still exists, those of its runs. */
    readonly eraseJob: (jobId: JobId, exists: boolean) => Effect.Effect<number, LogFailed>
    readonly eraseRun: (jobId: JobId, runId: string) => Effect.Effect<number, LogFailed>
  }
>()("horolog/engine/Retention") {
  static readonly layer = Layer.effect(
    Retention,
    Effect.gen(function* () {
      const log = yield* EventLog
      const clock = yield* Clock
      const put = yield* makePut
      const erase = yield* makeErase
      const onRequest = yield* makeEraseOnRequest
      const { retention } = yield* Settings
      /** Everything up to here is older than the last sweep's bound, and erased. */
      let erasedUpTo = 0

      const pruneRuns = Effect.gen(function* () {
        if (retention.runsPerJobMax === null) return 0
        let count = 0
        for (;;) {
          const rows = yield* log.query(surplusRuns, [retention.runsPerJobMax, batchMax])
          if (rows.length === 0) return count
          yield* put("prune-runs", {
            type: "runs.pruned",
            runIds: rows.map(({ id }) => String(id)),
          })
          count += rows.length
        }
      })

      const eraseOldTexts = Effect.gen(function* () {
        if (retention.textDaysMax === null) return 0
        const beforeAt = clock.now() - retention.textDaysMax * dayMs
        let count = 0
        for (;;) {
          const rows = yield* log.query(textsAfter, [erasedUpTo, beforeAt, batchMax])
          count += yield* erase(rows, "retention")
          erasedUpTo = Number(rows.at(-1)?.["position"] ?? erasedUpTo)
          if (rows.length < batchMax) return count
        }
      })

      const sweep = Effect.all({ runsPruned: pruneRuns, textsErased: eraseOldTexts })
      return Retention.of({ sweep, ...onRequest })
    }),
  )
}

/** Records a fact of housekeeping. */
const makePut = Effect.gen(function* () {
  const record = yield* Recorder
  const clock = yield* Clock
  const { uuid } = yield* Random
  return (name: string, fact: Fact) =>
    record({ commandId: `${name}/${uuid(clock.now())}`, name, stream: systemStream, fact })
})

/** Erases the texts of these facts, in portions. */
const makeErase = Effect.gen(function* () {
  const put = yield* makePut
  return Effect.fnUntraced(function* (rows: ReadonlyArray<Row>, reason: "retention" | "request") {
    const streams = [...new Set(rows.map((row) => String(row["stream"])))]
    const positions = rows.map((row) => Number(row["position"]))
    for (let from = 0; from < positions.length; from += batchMax) {
      const some = positions.slice(from, from + batchMax)
      yield* put("erase-texts", { type: "bodies.erased", positions: some, streams, reason })
    }
    return rows.length
  })
})

/** Erases what somebody asked to be erased. */
const makeEraseOnRequest = Effect.gen(function* () {
  const log = yield* EventLog
  const heads = yield* Heads
  const erase = yield* makeErase

  const eraseStreams = Effect.fnUntraced(function* (
    jobId: JobId,
    where: string,
    params: Row[string][],
  ) {
    const rows = yield* log.query(
      `SELECT position, stream FROM events WHERE body IS NOT NULL AND ${where} ORDER BY position`,
      params,
    )
    heads.forget(jobId)
    return yield* erase(rows, "request")
  })

  const eraseJob = Effect.fnUntraced(function* (jobId: JobId, exists: boolean) {
    // From the log, not the table: rows of runs are pruned, and their texts would be forgotten.
    const runs = yield* log.query(
      "SELECT DISTINCT data ->> 'runId' AS id FROM events WHERE stream = ? AND type = 'run.started'",
      [jobStream(jobId)],
    )
    const ofRuns = exists ? " AND type LIKE 'run.%'" : ""
    let count = yield* eraseStreams(jobId, `stream = ?${ofRuns}`, [jobStream(jobId)])
    for (const { id } of runs) {
      count += yield* eraseStreams(jobId, "stream = ?", [runStream(String(id))])
    }
    return count
  })

  const eraseRun = (jobId: JobId, runId: string) =>
    eraseStreams(
      jobId,
      "(stream = ? OR (stream = ? AND type LIKE 'run.%' AND data ->> 'runId' = ?))",
      [runStream(runId), jobStream(jobId), runId],
    )

  return { eraseJob, eraseRun }
})

/** The runs of each job beyond the newest so many; open ones are never among them. */
const surplusRuns = `
  SELECT id FROM (
    SELECT id, row_number() OVER (PARTITION BY job_id ORDER BY started_at DESC, id DESC) AS place
    FROM job_runs WHERE status <> 'running'
  ) WHERE place > ? LIMIT ?`

const textsAfter = `
  SELECT position, stream FROM events
  WHERE position > ? AND at < ? AND body IS NOT NULL AND (type LIKE 'run.%' OR type LIKE 'delivery.%')
  ORDER BY position LIMIT ?`
