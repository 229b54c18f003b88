import { Effect } from "effect"
import type { Clock } from "../../src/clock/clock.ts"
import type { Chance } from "./chance.ts"

interface Sleeper {
  readonly wakesAtMs: number
  readonly wake: () => void
}

/** Time as it really passes, and what the machine's two clocks make of it. */
export interface Time {
  readonly elapsedMs: () => number
  readonly now: () => number
  readonly clock: Clock["Service"]
  /** Calls back after so long on the monotonic clock, unless the process is gone by then. */
  readonly after: (ms: number, call: () => void) => () => void
  /** How long until somebody wakes; undefined when nobody sleeps. */
  readonly nextWakeMs: () => number | undefined
  /** Time passes, and whoever's time has come is woken, one after the other. */
  readonly pass: (ms: number) => void
  /** Wakes one of those whose time has come; false when there is none. */
  readonly wakeOne: () => boolean
  /** Somebody sets the wall clock. */
  readonly step: (ms: number) => void
  /** The machine sleeps: the monotonic clock stands still, and no timer runs. */
  readonly suspend: (ms: number) => void
  /** The process is gone, and its timers with it. */
  readonly forget: () => void
}

/** The clocks of one machine. With `isHasty` a timer may fire a millisecond early, as Node's do. */
export const makeTime = (startAt: number, chance: Chance, isHasty: boolean): Time => {
  let elapsedMs = 0
  let monotonicMs = 0
  let wallMs = startAt
  let sleepers: Array<Sleeper> = []

  const after = (ms: number, call: () => void) => {
    const earlyMs = isHasty && ms >= 1 && chance.next() < 0.2 ? 1 : 0
    const sleeper = { wakesAtMs: monotonicMs + Math.max(0, ms) - earlyMs, wake: call }
    sleepers.push(sleeper)
    return () => {
      sleepers = sleepers.filter((other) => other !== sleeper)
    }
  }
  const first = (): Sleeper | undefined => {
    let found: Sleeper | undefined
    for (const sleeper of sleepers) {
      if (found === undefined || sleeper.wakesAtMs < found.wakesAtMs) found = sleeper
    }
    return found
  }
  const wakeOne = (): boolean => {
    const found = first()
    if (found === undefined || found.wakesAtMs > monotonicMs) return false
    sleepers = sleepers.filter((other) => other !== found)
    found.wake()
    return true
  }

  return {
    elapsedMs: () => elapsedMs,
    now: () => wallMs,
    clock: {
      now: () => wallMs,
      monotonicMs: () => monotonicMs,
      sleep: (ms) =>
        Effect.callback<void>((resume) => {
          const callOff = after(ms, () => resume(Effect.void))
          return Effect.sync(callOff)
        }),
    },
    after,
    nextWakeMs: () => {
      const found = first()
      return found === undefined ? undefined : Math.max(0, found.wakesAtMs - monotonicMs)
    },
    pass: (ms) => {
      elapsedMs += ms
      monotonicMs += ms
      wallMs += ms
    },
    wakeOne,
    step: (ms) => {
      wallMs += ms
    },
    suspend: (ms) => {
      elapsedMs += ms
      wallMs += ms
    },
    forget: () => {
      sleepers = []
    },
  }
}
