import { Effect, Schema } from "effect"
import { EpochMs } from "../../../events/time.ts"
import { Refusal } from "../../../machines/refusal.ts"
import { stateName } from "../../../machines/state.ts"
import { replay as replayLog, type Moment, type Replayed } from "../../inspect/replay.ts"
import { EventLog } from "../../log/event-log.ts"
import { factAnswer, FactAnswer } from "../../operations/log.ts"
import { defineOperation } from "../../operations/operation.ts"
import { jobIdOf } from "../../operations/runs.ts"
import { readable } from "./readable.ts"

const TableRow = Schema.Record(
  Schema.String,
  Schema.Union([Schema.String, Schema.Finite, Schema.Null]),
)

const JobThen = Schema.Struct({
  job_id: Schema.String,
  /** enabled, running, rescheduled, disabled or removed. */
  state: Schema.String,
  revision: Schema.Int,
  next_due_at: Schema.NullOr(EpochMs),
  open_runs: Schema.Array(Schema.String),
})

export const ReplayAnswer = Schema.Struct({
  /** The last fact that was replayed, and the one the log ends with. */
  position: Schema.Int,
  head: Schema.Int,
  at: Schema.NullOr(EpochMs),
  states: Schema.Array(JobThen),
  scheduled_jobs: Schema.Array(TableRow),
  job_runs: Schema.Array(TableRow),
  /** The last thing that had happened then. */
  last: Schema.NullOr(FactAnswer),
})
export type ReplayAnswer = typeof ReplayAnswer.Type

/** The tables and states as they were. Nothing is run, and nothing is written. */
export const replay = defineOperation({
  name: "replay",
  title: "Show tables and states as they were at a position or a time",
  kind: "read",
  input: Schema.Struct({
    to: Schema.optionalKey(
      Schema.Union([Schema.Natural, Schema.String]).annotate({
        description: "A position, or a time (ISO 8601 with an offset or Z); now by default.",
      }),
    ),
    job_id: Schema.optionalKey(Schema.NonEmptyString.annotate({ description: "Only this job." })),
  }),
  output: ReplayAnswer,
  run: Effect.fn("replay")(function* ({ to, job_id }, caller) {
    const log = yield* EventLog
    const head = yield* log.head
    const jobId = job_id === undefined ? undefined : yield* jobIdOf(job_id, caller)
    const until = yield* momentOf(to, head)
    const then = yield* readable(
      replayLog(log, { ...until, ...(jobId !== undefined && { jobId }) }),
    )
    const [last] = yield* readable(
      log.read({ upTo: then.position, direction: "backward", limit: 1 }),
    )
    yield* log.durable
    return {
      position: then.position,
      head,
      at: then.at,
      states: statesOf(then),
      scheduled_jobs: rowsOf(then.tables.scheduled_jobs),
      job_runs: rowsOf(then.tables.job_runs),
      last: last === undefined ? null : factAnswer(last),
    }
  }),
})

/** An interface has no index, and its rows are plain all the same. */
const rowsOf = (rows: ReadonlyArray<object>): ReadonlyArray<typeof TableRow.Type> =>
  rows as ReadonlyArray<typeof TableRow.Type>

const statesOf = ({ states }: Replayed) =>
  [...states].map(([job_id, { value, context }]) => ({
    job_id,
    state: stateName(value),
    revision: context.revision,
    next_due_at: context.plan?.dueAt ?? null,
    open_runs: Object.keys(context.openRuns),
  }))

const momentOf = (
  to: number | string | undefined,
  head: number,
): Effect.Effect<Moment, Refusal> => {
  if (to === undefined) return Effect.succeed({})
  if (/^\d+$/.test(String(to))) {
    const position = Number(to)
    return position > head ? Effect.fail(beyond(position, head)) : Effect.succeed({ position })
  }
  const at = /(?:z|[+-]\d\d:?\d\d)$/i.test(String(to)) ? Date.parse(String(to)) : Number.NaN
  return Number.isNaN(at) ? Effect.fail(neither(String(to))) : Effect.succeed({ at })
}

const beyond = (position: number, head: number): Refusal =>
  new Refusal({
    code: "invalid-input",
    message: `The log ends at position ${head}.`,
    received: position,
    expected: `a position from 0 to ${head}`,
  })

const neither = (received: string): Refusal =>
  new Refusal({
    code: "invalid-input",
    message: `"${received}" is neither a position nor an instant.`,
    received,
    expected: "a whole number, or ISO 8601 with an offset or Z, such as 2026-12-01T09:00:00Z",
  })
