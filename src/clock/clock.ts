import { Context, type Effect } from "effect"
import type { EpochMs } from "../../events/time.ts"

/** The one source of time. `monotonicMs` never steps; it stands still while the machine sleeps. */
export class Clock extends Context.Service<
  Clock,
  {
    readonly now: () => EpochMs
    readonly monotonicMs: () => number
    readonly sleep: (ms: number) => Effect.Effect<void>
  }
>()("horolog/clock/Clock") {}
