import { Schema } from "effect"
import { EpochMs } from "../../events/time.ts"
import type { JobRunRow } from "../../projections/job-runs.ts"

/** One attempt, as the tables hold it. */
export const RunAnswer = Schema.Struct({
  run_id: Schema.String,
  job_id: Schema.String,
  /** running, ok, error, timed-out, cancelled, interrupted or gated. */
  status: Schema.String,
  trigger: Schema.String,
  attempt: Schema.Int,
  due_at: EpochMs,
  started_at: EpochMs,
  finished_at: Schema.NullOr(EpochMs),
  late_ms: Schema.Int,
  duration_ms: Schema.NullOr(Schema.Int),
  output: Schema.NullOr(Schema.String),
  /** The length of the whole answer, of which `output` may be the beginning. */
  output_length: Schema.NullOr(Schema.Int),
  error: Schema.NullOr(Schema.String),
  error_class: Schema.NullOr(Schema.String),
  usage: Schema.NullOr(Schema.Unknown),
  /** What became of the answer: pending, delivered, failed or unknown; null when none was to go. */
  delivery: Schema.NullOr(Schema.String),
})
export type RunAnswer = typeof RunAnswer.Type

/** `outputMax` cuts the text for listings, in code points. */
export const runAnswer = (row: JobRunRow, outputMax = Number.POSITIVE_INFINITY): RunAnswer => ({
  run_id: row.id,
  job_id: row.job_id,
  status: row.status,
  trigger: row.trigger,
  attempt: row.attempt,
  due_at: row.due_at,
  started_at: row.started_at,
  finished_at: row.finished_at,
  late_ms: row.late_ms,
  duration_ms: row.duration_ms,
  output: row.output === null ? null : cut(row.output, outputMax),
  output_length: row.output_length,
  error: row.error === null ? null : cut(row.error, outputMax),
  error_class: row.error_class,
  usage: row.usage === null ? null : (JSON.parse(row.usage) as unknown),
  delivery: row.delivery,
})

/** The first `lengthMax` code points, with a mark when that is not all. */
export const cut = (text: string, lengthMax: number): string => {
  if (text.length <= lengthMax) return text
  const points = [...text]
  return points.length <= lengthMax ? text : `${points.slice(0, lengthMax).join("")}...`
}
