import type { EpochMs } from "../../events/time.ts"
import type { OpenRun } from "../../machines/state.ts"
import type { LiveJob } from "./simulate-jobs.ts"

/** A run that holds a slot. */
export interface HeldSlot {
  readonly job: LiveJob
  readonly run: Pick<OpenRun, "runId" | "deadlineAt">
}

/** The runs that are open, and the slots they hold. */
export interface Slots {
  readonly open: (slot: HeldSlot, now: EpochMs) => void
  readonly close: (runId: string, now: EpochMs) => void
  /** All at once, when their process is gone. */
  readonly lose: () => ReadonlyArray<HeldSlot>
  readonly get: (runId: string) => HeldSlot | undefined
  readonly isFree: () => boolean
  /** Those whose deadline has come. */
  readonly expired: (now: EpochMs) => ReadonlyArray<HeldSlot>
  readonly deadlineAt: () => EpochMs
  /** How long what was to wake at `wakeAt` and starts now had to wait for a slot. */
  readonly waitedMs: (wakeAt: EpochMs, now: EpochMs) => number
}

/** So many slots, all of them free. */
export const makeSlots = (countMax: number): Slots => {
  const held = new Map<string, HeldSlot>()
  let fullFrom = Infinity
  let fullUntil = -Infinity
  const isFree = (): boolean => held.size < countMax

  return {
    open: (slot, now) => {
      held.set(slot.run.runId, slot)
      if (isFree()) return
      // A slot that was taken again in the moment in which it became free was never free.
      fullFrom = fullUntil === now ? fullFrom : now
    },
    close: (runId, now) => {
      const wasFull = !isFree()
      held.delete(runId)
      if (wasFull && isFree()) fullUntil = now
    },
    lose: () => {
      const lost = [...held.values()]
      held.clear()
      return lost
    },
    get: (runId) => held.get(runId),
    isFree,
    expired: (now) => [...held.values()].filter(({ run }) => run.deadlineAt <= now),
    deadlineAt: () => {
      let first = Infinity
      for (const { run } of held.values()) first = Math.min(first, run.deadlineAt)
      return first
    },
    waitedMs: (wakeAt, now) =>
      fullUntil === now && wakeAt < now ? now - Math.max(wakeAt, fullFrom) : 0,
  }
}
