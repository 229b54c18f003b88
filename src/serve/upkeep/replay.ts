import { Effect, Option, Schema } from "effect"
import type { Recorded } from "../../../events/envelope.ts"
import { jobStream } from "../../../events/stream.ts"
import { EpochMs } from "../../../events/time.ts"
import { Refusal } from "../../../machines/refusal.ts"
import { stateName } from "../../../machines/state.ts"
import { makeFold, type Folded } from "../../inspect/tables.ts"
import { EventLog, type Row } from "../../log/event-log.ts"
import { factAnswer, FactAnswer } from "../../operations/log.ts"
import { defineOperation } from "../../operations/operation.ts"
import { jobIdOf } from "../../operations/runs.ts"
import { eachFact } from "./pages.ts"

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
  facts: Schema.Int,
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
    const until = yield* boundOf(to, head)
    const fold = makeFold()
    const seen: { last: Recorded | undefined; count: number } = { last: undefined, count: 0 }
    let isPast = false
    yield* eachFact({ upTo: until.position }, (recorded) => {
      // The clock may have stepped back later: what was known then ends at the first later fact.
      isPast ||= recorded.at > until.at
      if (isPast) return
      fold.take(recorded)
      seen.count += 1
      if (jobId === undefined || recorded.stream === jobStream(jobId)) seen.last = recorded
    })
    const folded = fold.folded()
    return {
      position: folded.position,
      head,
      at: seen.last?.at ?? null,
      facts: seen.count,
      states: statesOf(folded, jobId),
      scheduled_jobs: rowsOf(folded, "scheduled_jobs", (row) => wanted(row["id"], jobId)),
      job_runs: rowsOf(folded, "job_runs", (row) => wanted(row["job_id"], jobId)),
      last: seen.last === undefined ? null : factAnswer(seen.last),
    }
  }),
})

const statesOf = ({ states }: Folded, jobId: string | undefined) =>
  [...states]
    .filter(([id]) => wanted(id, jobId))
    .map(([job_id, { value, context }]) => ({
      job_id,
      state: stateName(value),
      revision: context.revision,
      next_due_at: context.plan?.dueAt ?? null,
      open_runs: Object.keys(context.openRuns),
    }))

const rowsOf = (
  { tables }: Folded,
  table: string,
  isWanted: (row: Row) => boolean,
): ReadonlyArray<Row> =>
  [...(tables.get(table) ?? new Map<string, Row>()).values()].filter(isWanted)

const wanted = (id: unknown, jobId: string | undefined): boolean =>
  jobId === undefined || id === jobId

interface Bound {
  readonly position: number
  readonly at: number
}

const boundOf = (to: number | string | undefined, head: number): Effect.Effect<Bound, Refusal> => {
  if (to === undefined) return Effect.succeed({ position: head, at: Number.MAX_SAFE_INTEGER })
  const asPosition = /^\d+$/.test(String(to)) ? Option.some(Number(to)) : Option.none()
  if (Option.isSome(asPosition)) {
    return asPosition.value > head
      ? Effect.fail(beyond(asPosition.value, head))
      : Effect.succeed({ position: asPosition.value, at: Number.MAX_SAFE_INTEGER })
  }
  const at = /(?:z|[+-]\d\d:?\d\d)$/i.test(String(to)) ? Date.parse(String(to)) : Number.NaN
  return Number.isNaN(at)
    ? Effect.fail(neither(String(to)))
    : Effect.succeed({ position: head, at })
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
