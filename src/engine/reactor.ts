import { Effect, Stream } from "effect"
import type { Recorded } from "../../events/envelope.ts"
import type { JobId } from "../../events/ids.ts"
import { jobOfStream } from "../../events/stream.ts"
import { EventLog, type LogFailed } from "../log/event-log.ts"
import { Boot } from "./boot.ts"
import { ClockActor } from "./clock-actor.ts"
import { Deliverer } from "./deliver.ts"
import { deliveryOf } from "./delivery-of.ts"
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
  const clockActor = yield* ClockActor
  const runner = yield* Runner
  const deliverer = yield* Deliverer
  const { bootId } = yield* Boot

  const carryOut = ({ run, deliver }: Hands, jobId: JobId, { fact }: Recorded) => {
    if (fact.type === "run.started") run(runner.carryOut(jobId, fact))
    const delivery = deliveryOf(jobId, fact)
    if (delivery !== undefined) deliver(deliverer.deliver(delivery))
  }

  /** Pauses come as commands; what the clock itself did, the ring has told the actor already. */
  const followClock = ({ fact }: Recorded): boolean => {
    if (fact.type !== "clock.paused" && fact.type !== "clock.resumed") return false
    clockActor.follow(fact)
    return true
  }

  const react = (hands: Hands, recorded: Recorded) => {
    if (followClock(recorded)) return hands.wake()
    const jobId = jobOfStream(recorded.stream)
    if (jobId === undefined) return
    actors.follow(recorded)
    if (recorded.meta.instance === bootId) carryOut(hands, jobId, recorded)
    hands.wake()
  }

  const seen = makeMark()
  /** Never ends but by a failure of the log. */
  const follow = (after: number, hands: Hands) =>
    log.subscribe(after).pipe(
      Stream.runForEach((recorded) =>
        Effect.sync(() => {
          react(hands, recorded)
          seen.move(recorded.position)
        }),
      ),
      Effect.catchTag("UnreadableFact", Effect.die),
    )
  return { follow, caughtUp: Effect.flatMap(log.head, seen.reached) }
})

/** How far one has come, for those who wait until it is far enough. */
const makeMark = () => {
  let position = 0
  let waiting: ReadonlyArray<{ readonly for: number; readonly wake: () => void }> = []
  const move = (to: number) => {
    position = to
    if (waiting.length === 0) return
    for (const one of waiting) if (one.for <= to) one.wake()
    waiting = waiting.filter((one) => one.for > to)
  }
  const reached = (to: number) =>
    Effect.callback<void>((resume) => {
      if (position >= to) resume(Effect.void)
      else waiting = [...waiting, { for: to, wake: () => resume(Effect.void) }]
    })
  return { move, reached }
}
