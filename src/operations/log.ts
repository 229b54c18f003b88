import { Effect, Schema } from "effect"
import { factTypes } from "../../events/codec.ts"
import type { Recorded } from "../../events/envelope.ts"
import { jobOfStream, runOfStream } from "../../events/stream.ts"
import { EpochMs } from "../../events/time.ts"
import { Refusal } from "../../machines/refusal.ts"
import { didYouMean, nearest } from "../views/near.ts"
import { Views } from "../views/views.ts"
import { scopeOf } from "./caller.ts"
import { snakeKeys } from "./json-keys.ts"
import { defineOperation } from "./operation.ts"
import { jobIdOf } from "./runs.ts"

const limitMax = 1_000

export const LogInput = Schema.Struct({
  after: Schema.optionalKey(
    Schema.Natural.annotate({ description: "Only facts behind this position." }),
  ),
  job_id: Schema.optionalKey(
    Schema.NonEmptyString.annotate({
      description: "Only what happened to this job and its answers.",
    }),
  ),
  type: Schema.optionalKey(
    Schema.NonEmptyString.annotate({ description: "Only facts of this type, such as run.failed." }),
  ),
  limit: Schema.optionalKey(
    Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: limitMax })).annotate({
      description: `How many at most: 100, up to ${limitMax}.`,
    }),
  ),
})

/** One thing that happened, with its place in the log and who caused it. */
export const FactAnswer = Schema.Struct({
  position: Schema.Int,
  at: EpochMs,
  type: Schema.String,
  stream: Schema.String,
  version: Schema.Int,
  event_id: Schema.String,
  job_id: Schema.NullOr(Schema.String),
  run_id: Schema.NullOr(Schema.String),
  by: Schema.Unknown,
  command: Schema.Struct({ id: Schema.String, name: Schema.String }),
  fact: Schema.Record(Schema.String, Schema.Unknown),
})
export type FactAnswer = typeof FactAnswer.Type

export const LogAnswer = Schema.Struct({
  facts: Schema.Array(FactAnswer),
  /** `after` of the next page; null when this was the last. */
  next_after: Schema.NullOr(Schema.Int),
})
export type LogAnswer = typeof LogAnswer.Type

/** What happened, in order. */
export const log = defineOperation({
  name: "log",
  title: "Read the log",
  kind: "read",
  input: LogInput,
  output: LogAnswer,
  run: Effect.fn("log")(function* ({ job_id, ...filter }, caller) {
    if (filter.type !== undefined && !factTypes.has(filter.type)) {
      return yield* unknownType(filter.type)
    }
    const scope = yield* scopeOf(caller)
    if (scope !== undefined && job_id === undefined) return yield* whichJob()
    const whose = job_id === undefined ? {} : { jobId: yield* jobIdOf(job_id, caller) }
    const page = yield* (yield* Views).facts({ ...filter, ...whose })
    return { facts: page.facts.map(factAnswer), next_after: page.nextAfter }
  }),
})

/** A fact as faces show it, keys in snake_case. */
export const factAnswer = ({ fact, meta, ...recorded }: Recorded): FactAnswer => {
  const { type, ...carried } = fact
  const ids = carried as { readonly jobId?: string; readonly runId?: string }
  return {
    position: recorded.position,
    at: recorded.at,
    type,
    stream: recorded.stream,
    version: recorded.version,
    event_id: recorded.eventId,
    job_id: jobOfStream(recorded.stream) ?? ids.jobId ?? null,
    run_id: runOfStream(recorded.stream) ?? ids.runId ?? null,
    by: snakeKeys(meta.actor),
    command: meta.command,
    fact: snakeKeys(carried) as FactAnswer["fact"],
  }
}

const unknownType = (type: string): Refusal => {
  const matches = nearest(type, factTypes)
  return new Refusal({
    code: "invalid-input",
    message: [`There is no fact of type "${type}".`, didYouMean(matches)]
      .filter((part) => part !== undefined)
      .join(" "),
    received: type,
    expected: `one of ${[...factTypes].join(", ")}`,
    ...(matches.length > 0 && { matches }),
  })
}

const whichJob = (): Refusal =>
  new Refusal({
    code: "forbidden",
    message: "Agents read the log of one job at a time.",
    received: "no job_id",
    expected: "the job_id of a job of this chat",
  })
