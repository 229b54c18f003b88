import { Effect, Result, Schema } from "effect"
import type { Chat } from "../../events/ids.ts"
import { DurationMs } from "../../events/time.ts"
import { parseDuration } from "../../machines/duration.ts"
import { Refusal } from "../../machines/refusal.ts"
import type { JobState } from "../../machines/state.ts"
import { Channels } from "../channels/channel.ts"
import { Clock } from "../clock/clock.ts"
import { Engine } from "../engine/engine.ts"
import {
  beginSimulation,
  type JobRequest,
  type Simulated,
  type SimulateOptions,
  type Simulation,
} from "../inspect/simulate.ts"
import { Settings } from "../settings.ts"
import { pageMax } from "../views/page.ts"
import { Views } from "../views/views.ts"
import { addCommand, AddInput } from "./add.ts"
import { scopeOf } from "./caller.ts"
import { decodeInput } from "./decode-input.ts"
import { instant } from "./next.ts"
import { defineOperation, type Caller } from "./operation.ts"
import { SimulateAnswer, simulateAnswer } from "./simulate-answer.ts"

const limitDefault = 1_000
const limitMax = 100_000
const jobsMax = 10_000
/** A server has other things to do as well. */
const runsMax = 200_000
const stepsAtOnce = 200
const lengthDefault = "30d"

const limits = Schema.isBetween({ minimum: 1, maximum: limitMax })

export const SimulateInput = Schema.Struct({
  from: Schema.optionalKey(
    Schema.Union([Schema.String, Schema.Int]).annotate({
      description: "The beginning: ISO 8601 with offset or Z, or epoch ms; now by default.",
    }),
  ),
  for: Schema.optionalKey(
    Schema.String.annotate({ description: `How long: 12h, 30d; ${lengthDefault} by default.` }),
  ),
  jobs: Schema.optionalKey(
    Schema.Array(Schema.Unknown).annotate({
      description: "Jobs that are not there yet, each as it would be added.",
    }),
  ),
  stored: Schema.optionalKey(
    Schema.Boolean.annotate({ description: "false: without the jobs that are there." }),
  ),
  takes_ms: Schema.optionalKey(
    DurationMs.annotate({ description: "How long each answer takes: 1000." }),
  ),
  limit: Schema.optionalKey(
    Schema.Int.check(limits).annotate({
      description: `How much of each list: ${limitDefault}, up to ${limitMax}.`,
    }),
  ),
})
type SimulateInput = typeof SimulateInput.Type

/** What would fire when: the jobs that are there, others beside them, and nothing is stored. */
export const simulate = defineOperation({
  name: "simulate",
  title: "Say what would fire when",
  kind: "read",
  input: SimulateInput,
  output: SimulateAnswer,
  run: Effect.fn("simulate")(function* (input, caller) {
    const now = (yield* Clock).now()
    const { maxConcurrent, zone } = yield* Settings
    const { stored: isWithStored = true, takes_ms = 1_000, limit = limitDefault } = input
    const span = yield* Effect.fromResult(spanOf(input, now))
    if (isWithStored && span.from < now) return yield* begunBefore(span.from, now)
    const jobs = [
      ...(isWithStored ? yield* storedJobs(yield* scopeOf(caller)) : []),
      ...(yield* addedJobs(input.jobs ?? [], caller)),
    ]
    if (jobs.length === 0) return yield* nothingThere(isWithStored)
    const simulated = yield* inTurns({
      ...span,
      begins: isWithStored ? now : span.from,
      jobs,
      maxConcurrent,
      zone,
      runsMax,
      channels: (yield* Channels).kinds,
      agent: () => ({ takesMs: takes_ms }),
    })
    return simulateAnswer(simulated, limit)
  }),
})

const spanOf = ({ from, for: length = lengthDefault }: SimulateInput, now: number) =>
  Result.gen(function* () {
    const start = yield* instant(from, now)
    const lengthMs = yield* Result.mapError(parseDuration(length), (problem) =>
      noLength(length, problem),
    )
    return { from: start, to: start + lengthMs }
  })

/** In pieces, so that whoever serves here keeps serving. */
const inTurns = Effect.fnUntraced(function* (options: SimulateOptions) {
  const simulation: Simulation = yield* refusing(() => beginSimulation(options))
  while (yield* refusing(() => simulation.advance(stepsAtOnce))) yield* Effect.yieldNow
  const simulated: Simulated = simulation.result()
  return simulated
})

/** What a simulation throws is a refusal; anything else is a fault of ours. */
const refusing = <A>(work: () => A): Effect.Effect<A, Refusal> =>
  Effect.suspend(() => {
    try {
      return Effect.succeed(work())
    } catch (cause) {
      return cause instanceof Refusal ? Effect.fail(cause) : Effect.die(cause)
    }
  })

/** All the jobs that the caller may see, as they are now. */
const storedJobs = Effect.fnUntraced(function* (owner: Chat | undefined) {
  const views = yield* Views
  const engine = yield* Engine
  const jobs: Array<JobState> = []
  let cursor: string | null | undefined
  while (cursor !== null) {
    const page = yield* views.jobs({
      limit: pageMax,
      ...(owner !== undefined && { owner }),
      ...(cursor !== undefined && { cursor }),
    })
    if (page.total > jobsMax) return yield* tooMany(page.total)
    for (const row of page.rows) jobs.push(yield* engine.state(row.id))
    cursor = page.nextCursor
  }
  return jobs
})

/** The jobs that are not there yet, as the operation `add` would take them. */
const addedJobs = Effect.fnUntraced(function* (received: ReadonlyArray<unknown>, caller: Caller) {
  const jobs: Array<JobRequest> = []
  for (const [index, entry] of received.entries()) {
    const command = Effect.fromResult(decodeInput(AddInput, entry)).pipe(
      Effect.flatMap((input) => addCommand(input, caller, "")),
      Effect.mapError((refusal) => ofEntry(refusal, entry, index)),
    )
    jobs.push({ ...(yield* command), jobId: `new_${index + 1}` })
  }
  return jobs
})

/** Which entry it is that cannot be. */
const ofEntry = (refusal: Refusal, entry: unknown, index: number): Refusal => {
  const { code, message, received = entry, expected, hint } = refusal
  return new Refusal({
    code,
    message: `Job ${index + 1} of those to add: ${message}`,
    received,
    ...(expected !== undefined && { expected }),
    ...(hint !== undefined && { hint }),
  })
}

const noLength = (received: string, problem: string): Refusal =>
  new Refusal({
    code: "invalid-input",
    message: `for: ${problem}.`,
    received,
    expected: "a duration such as 12h, 30d or 52w",
  })

const begunBefore = (from: number, now: number): Refusal =>
  new Refusal({
    code: "in-past",
    message: `${new Date(from).toISOString()} has passed, and the jobs that are there are known as of now, ${new Date(now).toISOString()}.`,
    received: from,
    expected: "a time from now on",
    hint: "`horolog runs` and `horolog why` say what happened; other jobs are simulated from any time without those that are there.",
  })

const nothingThere = (isWithStored: boolean): Refusal =>
  new Refusal({
    code: "not-found",
    message: isWithStored
      ? "There is no job here, and none was given."
      : "No job was given to simulate.",
    expected: "a job or more",
    hint: "Add one, or give jobs that are not there yet.",
  })

const tooMany = (total: number): Refusal =>
  new Refusal({
    code: "capacity",
    message: `There are ${total} jobs; a simulation takes up to ${jobsMax}.`,
    received: total,
    expected: `at most ${jobsMax} jobs`,
    hint: "Give some of them as jobs of their own, without those that are there.",
  })
