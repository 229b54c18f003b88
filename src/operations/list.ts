import { Effect, Schema } from "effect"
import { EpochMs } from "../../events/time.ts"
import { scheduleWords } from "../../machines/schedule-words.ts"
import type { ScheduledJobRow } from "../../projections/scheduled-jobs.ts"
import { pageMax } from "../views/page.ts"
import { Views } from "../views/views.ts"
import { scopeOf } from "./caller.ts"
import { scheduleOf } from "./job-answer.ts"
import { Moment, toMoment } from "./moment.ts"
import { defineOperation } from "./operation.ts"
import { cut } from "./run-answer.ts"

/** The fields by which any listing is read page by page. */
export const pageFields = {
  limit: Schema.optionalKey(
    Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: pageMax })).annotate({
      description: `How many at most: 20, up to ${pageMax}.`,
    }),
  ),
  cursor: Schema.optionalKey(
    Schema.NonEmptyString.annotate({ description: "next_cursor of the page before." }),
  ),
} as const

export const ListInput = Schema.Struct({
  status: Schema.optionalKey(
    Schema.Literals(["all", "enabled", "disabled"]).annotate({ description: "Which jobs: all." }),
  ),
  ...pageFields,
})

/** A job in one line. */
export const JobSummary = Schema.Struct({
  job_id: Schema.String,
  name: Schema.String,
  enabled: Schema.Boolean,
  /** enabled, running, rescheduled or disabled. */
  state: Schema.String,
  schedule: Schema.String,
  zone: Schema.String,
  channel: Schema.String,
  chat_id: Schema.String,
  /** `default` when the job names none. */
  model: Schema.String,
  next: Schema.NullOr(Moment),
  last_run_at: Schema.NullOr(EpochMs),
  last_status: Schema.NullOr(Schema.String),
  /** The first 40 characters. */
  last_error: Schema.NullOr(Schema.String),
  disabled_reason: Schema.NullOr(Schema.String),
  open_run_id: Schema.NullOr(Schema.String),
  paused: Schema.Boolean,
  /** Null: until somebody resumes it. */
  paused_until: Schema.NullOr(EpochMs),
})
export type JobSummary = typeof JobSummary.Type

export const ListAnswer = Schema.Struct({
  jobs: Schema.Array(JobSummary),
  /** Of all pages. */
  total: Schema.Int,
  next_cursor: Schema.NullOr(Schema.String),
  /** `chat`: only the jobs made in the calling chat were looked at. */
  scope: Schema.Literals(["chat", "all"]),
})
export type ListAnswer = typeof ListAnswer.Type

/** Which jobs there are, those that come next first. */
export const list = defineOperation({
  name: "list",
  title: "List jobs",
  kind: "read",
  input: ListInput,
  output: ListAnswer,
  run: Effect.fn("list")(function* (input, caller) {
    const owner = yield* scopeOf(caller)
    const page = yield* (yield* Views).jobs({ ...input, ...(owner !== undefined && { owner }) })
    return {
      jobs: page.rows.map(jobSummary),
      total: page.total,
      next_cursor: page.nextCursor,
      scope: owner === undefined ? ("all" as const) : ("chat" as const),
    }
  }),
})

const errorLengthMax = 40

const jobSummary = (row: ScheduledJobRow): JobSummary => {
  const schedule = scheduleOf(row)
  return {
    job_id: row.id,
    name: row.name,
    enabled: row.enabled === 1,
    state: row.state,
    schedule: scheduleWords(schedule),
    zone: schedule.tz,
    channel: row.channel,
    chat_id: row.chat_id,
    model: row.model ?? "default",
    next: row.next_run_at === null ? null : toMoment(row.next_run_at, schedule.tz),
    last_run_at: row.last_run_at,
    last_status: row.last_status,
    last_error: row.last_error === null ? null : cut(row.last_error, errorLengthMax),
    disabled_reason: row.disabled_reason,
    open_run_id: row.open_run_id,
    paused: row.paused === 1,
    paused_until: row.paused_until,
  }
}
