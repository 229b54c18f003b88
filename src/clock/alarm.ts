import { Effect, Queue } from "effect"
import type { EpochMs } from "../../events/time.ts"
import { Clock } from "./clock.ts"

/** Node's timers overflow beyond this and would fire at once. */
const timerMsMax = 2 ** 31 - 1

export interface Alarm {
  /** Something changed that may be due earlier than what the alarm waits for. */
  readonly wake: () => void
  /** Rings for ever: `ring` does what is due and says when it wants to ring next. */
  readonly loop: <E, R>(
    ring: Effect.Effect<EpochMs | undefined, E, R>,
  ) => Effect.Effect<never, E, R>
}

/**
 * One timer for everything. It rings when the earliest thing is due, when it is woken, and at least
 * every `pollIntervalMs`, because a timer measures lengths and does not notice when the wall clock is
 * set or the machine sleeps. A timer that fires early rings for nothing and is set again.
 */
export const makeAlarm = Effect.fnUntraced(function* (pollIntervalMs: number) {
  const clock = yield* Clock
  const woken = yield* Queue.sliding<true>(1)

  const wait = (nextAt: EpochMs | undefined) => {
    const untilNextMs = nextAt === undefined ? pollIntervalMs : Math.max(1, nextAt - clock.now())
    const sleepMs = Math.min(untilNextMs, pollIntervalMs, timerMsMax)
    return Effect.raceFirst(clock.sleep(sleepMs), Queue.take(woken))
  }
  const alarm: Alarm = {
    wake: () => void Queue.offerUnsafe(woken, true),
    loop: (ring) => ring.pipe(Effect.flatMap(wait), Effect.forever),
  }
  return alarm
})
