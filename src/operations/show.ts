import { Effect, Schema } from "effect"
import { EpochMs } from "../../events/time.ts"
import type { ScheduledJobRow } from "../../projections/scheduled-jobs.ts"
import { Views } from "../views/views.ts"
import { answerOfRow, JobAnswer } from "./job-answer.ts"
import { snakeKeys } from "./json-keys.ts"
import { defineOperation, type Caller } from "./operation.ts"
import { RunAnswer, runAnswer } from "./run-answer.ts"
import { jobNamed, runNamed } from "./target.ts"

export const ShowInput = Schema.Struct({
  id: Schema.NonEmptyString.annotate({
    description: "A job (id, unique name or id prefix) or a run (id or id prefix).",
  }),
})

const { existed: _existed, ...shown } = JobAnswer.fields

/** Everything the tables know of a job. */
export const JobDetail = Schema.Struct({
  ...shown,
  enabled: Schema.Boolean,
  prompt: Schema.String,
  /** As tools send it. */
  schedule_object: Schema.Unknown,
  model: Schema.NullOr(Schema.String),
  delete_after_run: Schema.Boolean,
  policy: Schema.Unknown,
  key: Schema.NullOr(Schema.String),
  owner: Schema.Struct({ channel: Schema.String, chat_id: Schema.String }),
  last_run_at: Schema.NullOr(EpochMs),
  last_status: Schema.NullOr(Schema.String),
  last_error: Schema.NullOr(Schema.String),
  disabled_reason: Schema.NullOr(Schema.String),
  failures_in_row: Schema.Int,
  open_run_id: Schema.NullOr(Schema.String),
  paused: Schema.Boolean,
  /** Null: until somebody resumes it. */
  paused_until: Schema.NullOr(EpochMs),
  revision: Schema.Int,
  created_at: EpochMs,
  updated_at: EpochMs,
})
export type JobDetail = typeof JobDetail.Type

export const ShowAnswer = Schema.Union([
  Schema.Struct({
    kind: Schema.Literal("job"),
    job: JobDetail,
    /** The latest few. */
    runs: Schema.Array(RunAnswer),
  }),
  Schema.Struct({ kind: Schema.Literal("run"), run: RunAnswer }),
])
export type ShowAnswer = typeof ShowAnswer.Type

/** A job with its latest runs, or one run whole. */
export const show = defineOperation({
  name: "show",
  title: "Show a job or a run",
  kind: "read",
  input: ShowInput,
  output: ShowAnswer,
  run: Effect.fn("show")(function* ({ id }, caller) {
    if (id.trim().startsWith("run_")) return yield* showRun(id, caller)
    return yield* showJob(id, caller)
  }),
})

const runsShown = 5
const outputMax = 200

const showRun = Effect.fnUntraced(function* (id: string, caller: Caller) {
  return { kind: "run" as const, run: runAnswer(yield* runNamed(id, caller)) }
})

const showJob = Effect.fnUntraced(function* (id: string, caller: Caller) {
  const row = yield* jobNamed(id, caller)
  const page = yield* (yield* Views).runs({ jobId: row.id, limit: runsShown })
  const latest = page.rows.map((run) => runAnswer(run, outputMax))
  return { kind: "job" as const, job: jobDetail(row), runs: latest }
})

const jobDetail = (row: ScheduledJobRow): JobDetail => {
  const { existed: _, ...answer } = answerOfRow(row)
  return {
    ...answer,
    enabled: row.enabled === 1,
    prompt: row.prompt,
    schedule_object: JSON.parse(row.schedule) as unknown,
    model: row.model,
    delete_after_run: row.delete_after_run === 1,
    policy: snakeKeys(JSON.parse(row.policy)),
    key: row.key,
    owner: { channel: row.owner_channel, chat_id: row.owner_chat_id },
    last_run_at: row.last_run_at,
    last_status: row.last_status,
    last_error: row.last_error,
    disabled_reason: row.disabled_reason,
    failures_in_row: row.failures_in_row,
    open_run_id: row.open_run_id,
    paused: row.paused === 1,
    paused_until: row.paused_until,
    revision: row.revision,
    created_at: row.created_at,
    updated_at: row.updated_at,
  }
}
