import { Effect, Stream } from "effect"
import type { Recorded } from "../../events/envelope.ts"
import type { FactOf } from "../../events/fact.ts"
import type { JobId } from "../../events/ids.ts"
import { jobOfStream } from "../../events/stream.ts"
import { EventLog, type LogFailed } from "../log/event-log.ts"
import { Boot } from "./boot.ts"
import { Deliverer, type Delivery } from "./deliver.ts"
import { JobActors } from "./job-actors.ts"
import { Runner } from "./runner.ts"

/** What the reactor sets going; none of it holds the reactor up. */
export interface Hands {
  readonly run: (effect: Effect.Effect<void, LogFailed>) => void
  readonly deliver: (effect: Effect.Effect<void, LogFailed>) => void
  /** A job changed: something may be due earlier. */
  readonly wake: () => void
}

/**
 * Follows the log and does what its facts promise: a started run is carried out, an answer is
 * delivered, a live actor hears what became of its job. Only durable facts come by, each once.
 */
export const makeReactor = Effect.gen(function* () {
  const log = yield* EventLog
  const actors = yield* JobActors
  const runner = yield* Runner
  const deliverer = yield* Deliverer
  const { bootId } = yield* Boot

  const carryOut = ({ run, deliver }: Hands, jobId: JobId, { fact }: Recorded) => {
    if (fact.type === "run.started") run(runner.carryOut(jobId, fact))
    const delivery = fact.type === "run.succeeded" ? deliveryOf(jobId, fact) : undefined
    if (delivery !== undefined) deliver(deliverer.deliver(delivery))
  }

  const react = (hands: Hands, recorded: Recorded) => {
    const jobId = jobOfStream(recorded.stream)
    if (jobId === undefined) return
    actors.follow(recorded)
    if (recorded.meta.instance === bootId) carryOut(hands, jobId, recorded)
    hands.wake()
  }

  /** Never ends but by a failure of the log. */
  return (after: number, hands: Hands) =>
    log.subscribe(after).pipe(
      Stream.runForEach((recorded) => Effect.sync(() => react(hands, recorded))),
      Effect.catchTag("UnreadableFact", Effect.die),
    )
})

const deliveryOf = (jobId: JobId, fact: FactOf<"run.succeeded">): Delivery | undefined =>
  fact.deliverTo === null
    ? undefined
    : { jobId, runId: fact.runId, ...fact.deliverTo, text: fact.output, attempt: 0 }
