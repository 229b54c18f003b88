import { Cause, Context, Deferred, Effect, Fiber, FiberSet, Layer, type Scope } from "effect"
import { systemStream } from "../../events/stream.ts"
import type { EpochMs } from "../../events/time.ts"
import { largeJumpMs } from "../../machines/clock.ts"
import { makeAlarm } from "../clock/alarm.ts"
import { Clock } from "../clock/clock.ts"
import { EventLog, type LogFailed } from "../log/event-log.ts"
import { Settings } from "../settings.ts"
import { Boot } from "./boot.ts"
import { ClockActor } from "./clock-actor.ts"
import { makeClockFacts } from "./clock-commands.ts"
import { Deliverer } from "./deliver.ts"
import { OpenRuns } from "./open-runs.ts"
import { makeReactor, type Hands } from "./reactor.ts"
import { Recorder } from "./recorder.ts"
import { Recovery } from "./recover.ts"
import { Retention } from "./retention.ts"
import { makeRing } from "./ring.ts"
import { Runner } from "./runner.ts"
import { makeReplan } from "./sweeps.ts"

/** How often retention is applied while the clock runs. */
const sweepEveryMs = 3_600_000

/** How long deliveries that are under way get at a graceful stop; the next boot resumes the rest. */
const deliveryGraceMs = 5_000

/**
 * The life of this process as a scheduler: from the first fact of its boot, over recovery, to the
 * clock that rings. Closing the scope of `start` stops it gracefully.
 */
export class Scheduler extends Context.Service<
  Scheduler,
  {
    /** With `clock: false` commands are carried out and answers delivered, but nothing falls due. */
    readonly start: (options: {
      readonly clock: boolean
    }) => Effect.Effect<void, LogFailed, Scope.Scope>
    /** Fails when the log does; never succeeds. */
    readonly failure: Effect.Effect<never, LogFailed>
  }
>()("horolog/engine/Scheduler") {
  static readonly layer = Layer.effect(
    Scheduler,
    Effect.gen(function* () {
      const failed = yield* Deferred.make<never, LogFailed>()
      const life = yield* makeLife
      const reactor = yield* makeReactor
      const { pollIntervalMs } = yield* Settings
      const alarm = yield* makeAlarm(pollIntervalMs)
      const { ring, recordClock } = yield* makeRing(alarm.wake)
      const replan = yield* makeReplan
      const clockActor = yield* ClockActor
      const clockFacts = yield* makeClockFacts
      const log = yield* EventLog
      const clock = yield* Clock
      const runs = yield* OpenRuns
      const { sweep } = yield* Retention
      /** A failure, or a fault of ours, in what goes on in the background ends the scheduler. */
      const watched = <A>(effect: Effect.Effect<A, LogFailed>) =>
        Effect.tapCause(effect, (cause) =>
          Cause.hasInterruptsOnly(cause) ? Effect.void : Deferred.failCause(failed, cause),
        )

      /** What was planned by a clock that was wrong, or with other zone data, is planned anew. */
      const startClock = Effect.fnUntraced(function* (seenAt: EpochMs) {
        const wallAt = clock.now()
        yield* recordClock({ type: "clock.started", wallAt })
        const deltaMs = wallAt - seenAt
        if (deltaMs < -largeJumpMs) {
          yield* recordClock({ type: "clock.jumped", wallFrom: seenAt, wallTo: wallAt, deltaMs })
          yield* replan.afterJump
        }
        yield* replan.afterUpgrade
      })

      const start = Effect.fnUntraced(function* (options: { readonly clock: boolean }) {
        const running = yield* FiberSet.make<void, LogFailed>()
        const delivering = yield* FiberSet.make<void, LogFailed>()
        const startRun = yield* FiberSet.runtime(running)()
        const startDelivery = yield* FiberSet.runtime(delivering)()
        const hands: Hands = {
          run: (effect) => void startRun(watched(effect)),
          deliver: (effect) => void startDelivery(watched(effect)),
          wake: alarm.wake,
        }
        runs.onFree(alarm.wake)
        yield* Effect.forkScoped(watched(reactor.follow(yield* log.head, hands)))
        clockActor.hydrate(yield* clockFacts)
        const seenAt = yield* life.lastSeenAt
        yield* life.announce
        if (options.clock) yield* startClock(seenAt)
        yield* life.recover(hands)
        const ringing = yield* Effect.forkScoped(
          options.clock ? watched(alarm.loop(ring)) : Effect.void,
        )
        const sweeping = sweep.pipe(Effect.andThen(clock.sleep(sweepEveryMs)), Effect.forever)
        if (options.clock) yield* Effect.forkScoped(watched(sweeping))
        yield* Effect.addFinalizer(() =>
          Effect.andThen(
            Fiber.interrupt(ringing),
            life.end({ running, delivering, caughtUp: reactor.caughtUp, failed }),
          ),
        )
      })

      return Scheduler.of({ start, failure: Deferred.await(failed) })
    }),
  )
}

/** What a graceful stop waits for. */
interface UnderWay {
  readonly running: FiberSet.FiberSet<void, LogFailed>
  readonly delivering: FiberSet.FiberSet<void, LogFailed>
  /** The reactor has seen all that is in the log now. */
  readonly caughtUp: Effect.Effect<void, LogFailed>
  /** Done when something in the background failed. */
  readonly failed: Deferred.Deferred<never, LogFailed>
}

/** The beginning and the end of a boot. */
const makeLife = Effect.gen(function* () {
  const record = yield* Recorder
  const log = yield* EventLog
  const recovery = yield* Recovery
  const deliverer = yield* Deliverer
  const runner = yield* Runner
  const runs = yield* OpenRuns
  const clock = yield* Clock
  const { bootId } = yield* Boot
  const { app, planner, stopGraceMs } = yield* Settings

  const announce = record({
    commandId: `${bootId}/started`,
    name: "start-scheduler",
    stream: systemStream,
    fact: { type: "scheduler.started", bootId, version: app, planner },
  })

  /** What the wall clock showed when the last fact was recorded; now, when there is none. */
  const lastSeenAt = Effect.map(
    log.query("SELECT at FROM events ORDER BY position DESC LIMIT 1"),
    ([row]) => (row === undefined ? clock.now() : Number(row["at"])),
  )

  const recover = Effect.fnUntraced(function* ({ deliver }: Hands) {
    const pending = yield* recovery.pendingDeliveries
    yield* recovery.closeLostRuns
    for (const delivery of pending) deliver(deliverer.deliver(delivery))
  })

  const within = (graceMs: number, effect: Effect.Effect<void, LogFailed>) =>
    Effect.raceFirst(effect, clock.sleep(graceMs))

  /** No new runs; open ones get their grace, deliveries a short one. What is left is recorded. */
  const end = Effect.fnUntraced(
    function* ({ running, delivering, caughtUp, failed }: UnderWay) {
      runs.refuseStarts()
      yield* within(stopGraceMs, Effect.andThen(caughtUp, FiberSet.awaitEmpty(running)))
      yield* runner.interruptAll
      yield* within(deliveryGraceMs, Effect.andThen(caughtUp, FiberSet.awaitEmpty(delivering)))
      yield* record({
        commandId: `${bootId}/stopped`,
        name: "stop-scheduler",
        stream: systemStream,
        fact: { type: "scheduler.stopped", bootId, clean: !(yield* Deferred.isDone(failed)) },
      })
    },
    Effect.catchTag("LogFailed", toldAtTheEnd),
  )

  return { announce, lastSeenAt, recover, end }
})

/** The log failed at the very end: the next boot recovers, as after a crash. */
const toldAtTheEnd = ({ message }: LogFailed) =>
  Effect.logWarning(`The end of this boot could not be recorded: ${message}`)
