import { Effect, Result, Schema } from "effect"
import type { Recorded } from "../../events/envelope.ts"
import type { JobFact } from "../../events/fact.ts"
import type { JobId } from "../../events/ids.ts"
import { jobStream } from "../../events/stream.ts"
import { EpochMs } from "../../events/time.ts"
import { readAt } from "../../machines/at-text.ts"
import { Refusal } from "../../machines/refusal.ts"
import { makeWhy, type Asked, type RunThen, type Why } from "../inspect/why.ts"
import { Clock } from "../clock/clock.ts"
import { EventLog, LogFailed } from "../log/event-log.ts"
import { Views } from "../views/views.ts"
import { scheduleOf } from "./job-answer.ts"
import { snakeKeys } from "./json-keys.ts"
import { Moment, toMoment } from "./moment.ts"
import { defineOperation, type Caller } from "./operation.ts"
import { jobIdOf } from "./runs.ts"
import { jobNamed } from "./target.ts"

export const WhyInput = Schema.Struct({
  job_id: Schema.NonEmptyString.annotate({
    description: "A job, a removed one too: id, name or beginning of the id.",
  }),
  time: Schema.Union([Schema.NonEmptyString, Schema.Int]).annotate({
    description: "ISO 8601 with an offset, or in the job's zone; or epoch ms.",
  }),
})

const RunThenAnswer = Schema.Struct({
  run_id: Schema.String,
  attempt: Schema.Int,
  trigger: Schema.String,
  started_at: EpochMs,
  late_ms: Schema.Int,
  /** How it ended; null while it is open. */
  outcome: Schema.NullOr(Schema.String),
})

export const WhyAnswer = Schema.Struct({
  job_id: Schema.String,
  answer: Schema.Literals([
    "ran",
    "skipped",
    "waiting",
    "not-yet",
    "superseded",
    "not-planned",
    "not-an-occurrence",
    "unaccounted",
  ]),
  /** The due time this is about, or the time that was asked about. */
  due: Moment,
  reason: Schema.NullOr(Schema.String),
  /** What of the policy decided. */
  policy: Schema.Record(Schema.String, Schema.Unknown),
  /** Who did what decided. */
  by: Schema.Unknown,
  runs: Schema.Array(RunThenAnswer),
  nearest: Schema.NullOr(
    Schema.Struct({ before: Schema.NullOr(Moment), after: Schema.NullOr(Moment) }),
  ),
  /** The facts behind it, by their positions in the log. */
  positions: Schema.Array(Schema.Int),
  /** A plain sentence. */
  sentence: Schema.String,
})
export type WhyAnswer = typeof WhyAnswer.Type

/** Why a job ran at a time, or did not. */
export const why = defineOperation({
  name: "why",
  title: "Say why a job ran at a time, or did not",
  kind: "read",
  input: WhyInput,
  output: WhyAnswer,
  run: Effect.fn("why")(function* ({ job_id, time }, caller) {
    const jobId = yield* jobIdOf(job_id, caller)
    const tz = yield* zoneOf(jobId, caller)
    const fold = makeWhy(yield* Effect.fromResult(readTime(time, tz)))
    yield* eachFact(jobId, fold.take)
    const found = fold.answer((yield* Clock).now())
    return whyAnswer(jobId, found, tz)
  }),
})

/** A time, and how wide it is: without seconds the whole minute is meant. */
const readTime = (time: string | number, tz: string): Result.Result<Asked, Refusal> =>
  Result.mapError(
    Result.map(readAt(time, tz), (at) => ({ at, widthMs: widthOf(time, at) })),
    ({ message, received, expected, hint }) =>
      new Refusal({
        code: "invalid-input",
        message: `time: ${message}`,
        ...(received !== undefined && { received }),
        ...(expected !== undefined && { expected }),
        // A way to say when a job is to run is none to say when it ran.
        ...(hint !== undefined && { hint: hint.replace(/; for a time from now.*$/, ".") }),
      }),
  )

const minuteMs = 60_000
const secondMs = 1_000

const widthOf = (time: string | number, at: EpochMs): number => {
  if (typeof time === "number" || /^\s*\d+\s*$/.test(time)) {
    return at % secondMs === 0 ? secondMs : 1
  }
  const local = time.trim().replace(/\s*(?:z|[+-]\d\d(?::?\d\d)?)$/i, "")
  if (/[.,]\d+$/.test(local)) return 1
  return /:\d\d:\d\d$/.test(local) ? secondMs : minuteMs
}

/** The zone of the job; of one that is gone, the one it was added in. */
const zoneOf = Effect.fnUntraced(function* (jobId: JobId, caller: Caller) {
  const added = Effect.map((yield* Views).added(jobId), (fact) => fact?.schedule.tz ?? "UTC")
  return yield* jobNamed(jobId, caller).pipe(
    Effect.map((row) => scheduleOf(row).tz),
    Effect.catchIf(
      (error) => error._tag === "Refusal" && error.code === "not-found",
      () => added,
    ),
  )
})

const pageSize = 1_000

/** Every fact of a job in order, a page at a time; what is told of them is durable. */
const eachFact = Effect.fnUntraced(
  function* (jobId: JobId, take: (recorded: Recorded<JobFact>) => void) {
    const log = yield* EventLog
    const stream = jobStream(jobId)
    for (let afterVersion = 0; ;) {
      const page = yield* log.read({ stream, afterVersion, limit: pageSize })
      for (const recorded of page) take(recorded as Recorded<JobFact>)
      const last = page.at(-1)
      if (last === undefined || page.length < pageSize) break
      afterVersion = last.version
      yield* Effect.yieldNow
    }
    yield* log.durable
  },
  Effect.catchTag("UnreadableFact", ({ message }) =>
    Effect.fail(new LogFailed({ reason: "unreadable", message })),
  ),
)

const whyAnswer = (job_id: JobId, found: Why, tz: string): WhyAnswer => {
  const { answer, dueAt, reason, policy, by, runs, nearest, positions, sentence } = found
  const moment = (at: EpochMs | null) => (at === null ? null : toMoment(at, tz))
  return {
    job_id,
    answer,
    due: toMoment(dueAt, tz),
    reason,
    policy: snakeKeys(policy) as WhyAnswer["policy"],
    by: by === null ? null : snakeKeys(by),
    runs: runs.map(runThen),
    nearest:
      nearest === null ? null : { before: moment(nearest.before), after: moment(nearest.after) },
    positions,
    sentence,
  }
}

const runThen = (run: RunThen): typeof RunThenAnswer.Type => ({
  run_id: run.runId,
  attempt: run.attempt,
  trigger: run.trigger,
  started_at: run.startedAt,
  late_ms: run.lateMs,
  outcome: run.outcome,
})
