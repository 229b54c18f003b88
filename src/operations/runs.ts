import { Effect, Schema } from "effect"
import { Views } from "../views/views.ts"
import { scopeOf } from "./caller.ts"
import { pageFields } from "./list.ts"
import { defineOperation, type Caller } from "./operation.ts"
import { RunAnswer, runAnswer } from "./run-answer.ts"
import { jobNamed, mayRead } from "./target.ts"

export const RunsInput = Schema.Struct({
  job_id: Schema.optionalKey(
    Schema.NonEmptyString.annotate({ description: "Only runs of this job, a removed one too." }),
  ),
  status: Schema.optionalKey(
    Schema.Literals([
      "running",
      "ok",
      "error",
      "timed-out",
      "cancelled",
      "interrupted",
      "gated",
    ]).annotate({ description: "Only runs with this outcome." }),
  ),
  ...pageFields,
})

export const RunsAnswer = Schema.Struct({
  runs: Schema.Array(RunAnswer),
  next_cursor: Schema.NullOr(Schema.String),
})
export type RunsAnswer = typeof RunsAnswer.Type

const outputMax = 200

/** What ran, latest first; texts are cut, `show` gives a run whole. */
export const runs = defineOperation({
  name: "runs",
  title: "List runs",
  kind: "read",
  input: RunsInput,
  output: RunsAnswer,
  run: Effect.fn("runs")(function* ({ job_id, ...filter }, caller) {
    const views = yield* Views
    const owner = yield* scopeOf(caller)
    const whose =
      job_id === undefined
        ? owner === undefined
          ? {}
          : { owner }
        : { jobId: yield* jobIdOf(job_id, caller) }
    const page = yield* views.runs({ ...filter, ...whose })
    return {
      runs: page.rows.map((row) => runAnswer(row, outputMax)),
      next_cursor: page.nextCursor,
    }
  }),
})

/** The id of a job that is there, or was: its runs and facts stay when it is removed. */
export const jobIdOf = Effect.fnUntraced(function* (ref: string, caller: Caller) {
  const id = ref.trim()
  const removed = Effect.fnUntraced(function* <E>(notFound: E) {
    const added = yield* (yield* Views).added(id)
    if (added === undefined) return yield* Effect.fail(notFound)
    yield* mayRead(id, caller)
    return id
  })
  return yield* jobNamed(id, caller).pipe(
    Effect.map((row) => row.id),
    Effect.catchIf((error) => error._tag === "Refusal" && error.code === "not-found", removed),
  )
})
