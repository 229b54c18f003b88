import { isAbsolute } from "node:path"
import { Effect, Result, Schema } from "effect"
import { readAt } from "../../../machines/at-text.ts"
import { Refusal } from "../../../machines/refusal.ts"
import { Clock } from "../../clock/clock.ts"
import { Engine } from "../../engine/engine.ts"
import { Retention } from "../../engine/retention.ts"
import { EventLog } from "../../log/event-log.ts"
import { defineOperation, type Caller } from "../../operations/operation.ts"
import { jobIdOf } from "../../operations/runs.ts"
import { runNamed } from "../../operations/target.ts"
import { Random } from "../../random.ts"
import { Keeper } from "./keeper.ts"

export const PruneAnswer = Schema.Struct({
  runs_pruned: Schema.Int,
  texts_erased: Schema.Int,
  jobs_removed: Schema.Array(Schema.String),
})
export type PruneAnswer = typeof PruneAnswer.Type

/** Applies the retention now, and removes jobs that nobody has touched for long, if asked to. */
export const prune = defineOperation({
  name: "prune",
  title: "Apply the retention now; remove jobs disabled since before a time",
  kind: "write",
  input: Schema.Struct({
    disabled_before: Schema.optionalKey(
      Schema.NonEmptyString.annotate({ description: "ISO 8601 with an offset or Z." }),
    ),
  }),
  output: PruneAnswer,
  run: Effect.fn("prune")(function* ({ disabled_before }, caller) {
    const before = disabled_before === undefined ? undefined : yield* instantOf(disabled_before)
    const { runsPruned, textsErased } = yield* (yield* Retention).sweep
    const jobs_removed = before === undefined ? [] : yield* removeDisabled(before, caller)
    if (textsErased > 0) yield* (yield* Keeper).checkpoint
    return { runs_pruned: runsPruned, texts_erased: textsErased, jobs_removed }
  }),
})

const removeDisabled = Effect.fnUntraced(function* (before: number, { by }: Caller) {
  const log = yield* EventLog
  const engine = yield* Engine
  const { uuid } = yield* Random
  const { now } = yield* Clock
  const rows = yield* log.query(
    "SELECT id FROM scheduled_jobs WHERE state = 'disabled' AND updated_at < ? ORDER BY id",
    [before],
  )
  const removed: Array<string> = []
  for (const { id } of rows) {
    const jobId = String(id)
    // Each removal takes a while, and meanwhile somebody may have enabled the next one.
    const [still] = yield* log.query(
      "SELECT id FROM scheduled_jobs WHERE id = ? AND state = 'disabled' AND updated_at < ?",
      [jobId, before],
    )
    if (still === undefined) continue
    const command = { type: "remove-job", jobId, reason: "clean-up" } as const
    const commandId = uuid(now())
    yield* engine.dispatch({ command, commandId, by, body: command, answer: () => jobId })
    removed.push(jobId)
  }
  return removed
})

const instantOf = (text: string): Effect.Effect<number, Refusal> => {
  const read = /(?:z|[+-]\d\d:?\d\d)$/i.test(text) ? readAt(text, "UTC") : undefined
  if (read !== undefined && Result.isSuccess(read)) return Effect.succeed(read.success)
  return Effect.fail(
    new Refusal({
      code: "invalid-input",
      message: `"${text}" names no instant.`,
      received: text,
      expected: "ISO 8601 with an offset or Z, such as 2026-12-01T09:00:00Z",
    }),
  )
}

export const EraseAnswer = Schema.Struct({ id: Schema.String, texts_erased: Schema.Int })
export type EraseAnswer = typeof EraseAnswer.Type

/** Takes texts away for good. That there were facts, and that they are chained, stays. */
export const erase = defineOperation({
  name: "erase",
  title: "Erase the texts of a run, of a removed job, or of the runs of a job",
  kind: "write",
  input: Schema.Struct({
    id: Schema.NonEmptyString.annotate({ description: "A job or a run, by its id." }),
  }),
  output: EraseAnswer,
  run: Effect.fn("erase")(function* ({ id }, caller) {
    const retention = yield* Retention
    const erased = id.trim().startsWith("run_")
      ? yield* Effect.flatMap(runNamed(id, caller), (run) =>
          Effect.map(retention.eraseRun(run.job_id, run.id), (count) => ({ id: run.id, count })),
        )
      : yield* eraseJob(id, caller)
    yield* (yield* Keeper).checkpoint
    return { id: erased.id, texts_erased: erased.count }
  }),
})

const eraseJob = Effect.fnUntraced(function* (ref: string, caller: Caller) {
  const retention = yield* Retention
  const log = yield* EventLog
  const id = yield* jobIdOf(ref, caller)
  const rows = yield* log.query("SELECT id FROM scheduled_jobs WHERE id = ?", [id])
  return { id, count: yield* retention.eraseJob(id, rows.length > 0) }
})

export const BackupAnswer = Schema.Struct({ file: Schema.String, head: Schema.Int })
export type BackupAnswer = typeof BackupAnswer.Type

/** Writes everything that is durable into one SQLite file, while work goes on. */
export const backup = defineOperation({
  name: "backup",
  title: "Write a consistent copy of the log into a file",
  kind: "read",
  input: Schema.Struct({
    file: Schema.NonEmptyString.annotate({ description: "An absolute path that is free." }),
  }),
  output: BackupAnswer,
  run: Effect.fn("backup")(function* ({ file }) {
    const log = yield* EventLog
    if (!isAbsolute(file)) return yield* relative(file)
    yield* log.backup(file)
    return { file, head: yield* log.head }
  }),
})

const relative = (received: string): Refusal =>
  new Refusal({
    code: "invalid-input",
    message: "The path of a backup must be absolute.",
    received,
    expected: "a path such as /backups/horolog.sqlite",
  })
