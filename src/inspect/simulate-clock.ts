import { initialTransition, transition } from "xstate"
import type { ClockFact, FactOf } from "../../events/fact.ts"
import type { EpochMs } from "../../events/time.ts"
import { clockMachine, jumpOf, type ClockReading } from "../../machines/clock.ts"

/** Wall and monotonic time may drift apart by this much between two rings without a step. */
const jumpToleranceMs = 1_000

/** The alarm wakes at least this often, and only then sees that the wall clock was set. */
const pollIntervalMs = 60_000

/**
 * Time as a machine has it: monotonic, the wall clock beside it, and the true time, which only the
 * simulation knows. The clock's own machine says whether it ticks, and since when.
 */
export interface VirtualClock {
  readonly monotonicMs: () => number
  readonly wallAt: () => EpochMs
  readonly trueAt: () => EpochMs
  /** The monotonic time of a true one, if the machine does not sleep until then. */
  readonly monotonicOf: (trueAt: EpochMs) => number
  readonly goTo: (monotonicMs: number) => void
  readonly step: (byMs: number) => void
  readonly sleep: (lengthMs: number) => void
  /** The process starts: the clock begins to be watched. */
  readonly start: () => void
  /** The process is gone, and nothing rings. */
  readonly stop: () => void
  /** The alarm rings: a step since the last ring is seen now, and answered. */
  readonly ring: () => FactOf<"clock.jumped"> | undefined
  readonly ringAtWall: (wallAt: EpochMs) => void
  readonly ringsAt: () => number
  readonly isTicking: () => boolean
  readonly upSince: () => EpochMs
  readonly resumedAt: () => EpochMs
}

/** A clock that is stopped, and shows the time `begins`. */
export const makeClock = (begins: EpochMs): VirtualClock => {
  let monotonicMs: number = begins
  let aheadMs = 0
  let asleepMs = 0
  let ringsAt = Infinity
  let [snapshot] = initialTransition(clockMachine)
  let last: ClockReading = { wallAt: begins, monotonicMs }
  let isTicking = false

  const wallAt = (): EpochMs => monotonicMs + aheadMs
  const follow = (fact: ClockFact): void => {
    snapshot = transition(clockMachine, snapshot, fact)[0]
    isTicking = snapshot.can({ type: "woke", dueJobIds: [], at: wallAt() })
  }
  const read = (): ClockReading => ({ wallAt: wallAt(), monotonicMs })
  /** A timer measures lengths: that the wall was moved is seen by the next poll, or at an earlier ring. */
  const noticeLater = (): void => {
    const polls = Math.floor((monotonicMs - last.monotonicMs) / pollIntervalMs) + 1
    ringsAt = Math.min(ringsAt, last.monotonicMs + polls * pollIntervalMs)
  }

  return {
    monotonicMs: () => monotonicMs,
    wallAt,
    trueAt: () => monotonicMs + asleepMs,
    monotonicOf: (trueAt) => trueAt - asleepMs,
    goTo: (to) => {
      monotonicMs = Math.max(monotonicMs, to)
    },
    step: (byMs) => {
      aheadMs += byMs
      noticeLater()
    },
    sleep: (lengthMs) => {
      aheadMs += lengthMs
      asleepMs += lengthMs
      noticeLater()
    },
    start: () => {
      last = read()
      follow({ type: "clock.started", wallAt: last.wallAt })
    },
    stop: () => {
      ringsAt = Infinity
      isTicking = false
    },
    ring: () => {
      const current = read()
      const jump = jumpOf(last, current, jumpToleranceMs)
      last = current
      if (jump !== undefined) follow(jump)
      return jump
    },
    ringAtWall: (at) => {
      ringsAt = at - aheadMs
    },
    ringsAt: () => ringsAt,
    isTicking: () => isTicking,
    upSince: () => snapshot.context.upSince,
    resumedAt: () => snapshot.context.resumedAt,
  }
}
