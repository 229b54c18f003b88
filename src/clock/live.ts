import { Effect, Layer } from "effect"
import { Clock } from "./clock.ts"

/** The wall clock and the monotonic clock of this machine. */
export const layer = Layer.sync(Clock, () =>
  Clock.of({
    now: () => Date.now(),
    monotonicMs: () => performance.now(),
    sleep: (ms) => Effect.sleep(Math.max(0, ms)),
  }),
)
