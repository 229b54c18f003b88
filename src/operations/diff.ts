import { Effect, Schema } from "effect"
import { EpochMs } from "../../events/time.ts"
import { Refusal } from "../../machines/refusal.ts"
import { diff as diffLog, type Between, type Difference } from "../inspect/diff.ts"
import { EventLog, LogFailed } from "../log/event-log.ts"
import { scopeOf } from "./caller.ts"
import { defineOperation, type Caller } from "./operation.ts"
import { jobIdOf } from "./runs.ts"

const PointInLog = Schema.Union([Schema.Natural, Schema.NonEmptyString])

export const DiffInput = Schema.Struct({
  from: PointInLog.annotate({
    description: "A position, or a time (ISO 8601 with an offset or Z).",
  }),
  to: Schema.optionalKey(PointInLog.annotate({ description: "The same; now by default." })),
  job_id: Schema.optionalKey(
    Schema.NonEmptyString.annotate({ description: "Only this job and its runs." }),
  ),
})

const Row = Schema.NullOr(
  Schema.Record(Schema.String, Schema.Union([Schema.String, Schema.Finite, Schema.Null])),
)
const Place = Schema.Struct({ position: Schema.Int, at: Schema.NullOr(EpochMs) })

export const DiffAnswer = Schema.Struct({
  from: Place,
  to: Place,
  /** The first of them, and how many there are. */
  changes: Schema.Array(
    Schema.Struct({
      table: Schema.String,
      key: Schema.String,
      change: Schema.Literals(["added", "removed", "changed"]),
      /** Of a changed row only the columns that are other now. */
      before: Row,
      after: Row,
    }),
  ),
  changes_count: Schema.Int,
})
export type DiffAnswer = typeof DiffAnswer.Type

const changesMax = 1_000

/** What changed in the tables between two moments of the log. */
export const diff = defineOperation({
  name: "diff",
  title: "Show what changed between two positions or times",
  kind: "read",
  input: DiffInput,
  output: DiffAnswer,
  run: Effect.fn("diff")(function* ({ from, to, job_id }, caller) {
    const log = yield* EventLog
    const whose = yield* whoseOf(job_id, caller)
    const head = yield* log.head
    const between = {
      from: yield* pointOf(from, head),
      to: to === undefined ? { position: head } : yield* pointOf(to, head),
      ...whose,
    }
    const found = yield* diffLog(log, between).pipe(
      Effect.catchTag("UnreadableFact", ({ message }) =>
        Effect.fail(new LogFailed({ reason: "unreadable", message })),
      ),
    )
    yield* log.durable
    return diffAnswer(found)
  }),
})

/** Agents see the past of one job at a time, as in the log. */
const whoseOf = Effect.fnUntraced(function* (ref: string | undefined, caller: Caller) {
  if (ref !== undefined) return { jobId: yield* jobIdOf(ref, caller) }
  if ((yield* scopeOf(caller)) !== undefined) return yield* whichJob()
  return {}
})

const diffAnswer = ({ from, to, changes }: Difference): DiffAnswer => ({
  from,
  to,
  changes: changes.slice(0, changesMax),
  changes_count: changes.length,
})

const pointOf = (point: number | string, head: number): Effect.Effect<Between["from"], Refusal> => {
  const text = String(point).trim()
  if (/^\d+$/.test(text)) {
    const position = Number(text)
    return position > head ? Effect.fail(beyond(position, head)) : Effect.succeed({ position })
  }
  const at = /(?:z|[+-]\d\d:?\d\d)$/i.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(at) ? Effect.fail(neither(text)) : Effect.succeed({ at })
}

const beyond = (position: number, head: number): Refusal =>
  new Refusal({
    code: "invalid-input",
    message: `The log ends at position ${head}.`,
    received: position,
    expected: `a position from 0 to ${head}, or a time`,
    hint: "A time is written as ISO 8601 with an offset or Z.",
  })

const neither = (received: string): Refusal =>
  new Refusal({
    code: "invalid-input",
    message: `"${received}" is neither a position nor an instant.`,
    received,
    expected: "a whole number, or ISO 8601 with an offset or Z, such as 2026-12-01T09:00:00Z",
  })

const whichJob = (): Refusal =>
  new Refusal({
    code: "forbidden",
    message: "Agents see what changed of one job at a time.",
    received: "no job_id",
    expected: "the job_id of a job of this chat",
  })
