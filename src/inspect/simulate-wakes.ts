import type { EpochMs } from "../../events/time.ts"
import { makeHeap, type Heap, type Timed } from "./simulate-heap.ts"
import type { LiveJob } from "./simulate-jobs.ts"

/** A job that wakes; of a job that was planned anew only the last one counts. */
interface Wake extends Timed {
  readonly job: LiveJob
  readonly wakeAt: EpochMs
}

/** The jobs that wake, and those of them that are due and wait for a slot. */
export interface Wakes {
  /** Puts a job among those that wake, at its `wakeAt`; a refused one rests until `notBefore`. */
  readonly plan: (job: LiveJob, notBefore?: EpochMs) => void
  /** The next that is due, which then no longer wakes by itself. */
  readonly takeDue: (now: EpochMs) => LiveJob | undefined
  readonly nextAt: () => EpochMs
  /** It is due, and starts when its turn comes. */
  readonly queue: (job: LiveJob) => void
  readonly takeQueued: () => LiveJob | undefined
}

/** No job wakes yet. */
export const makeWakes = (): Wakes => {
  const sleeping = makeHeap<Wake>()
  const waiting = makeHeap<Wake>()
  const current = new Map<LiveJob, Wake>()

  const dropStale = (heap: Heap<Wake>): Wake | undefined => {
    let next = heap.peek()
    while (next !== undefined && current.get(next.job) !== next) {
      heap.pop()
      next = heap.peek()
    }
    return next
  }
  return {
    plan: (job, notBefore) => {
      const wakeAt = job.wakeAt
      if (wakeAt === null) return void current.delete(job)
      if (current.get(job)?.wakeAt === wakeAt && notBefore === undefined) return
      const wake = { job, wakeAt, at: Math.max(wakeAt, notBefore ?? wakeAt), index: job.index }
      current.set(job, wake)
      sleeping.push(wake)
    },
    takeDue: (now) => {
      const next = dropStale(sleeping)
      if (next === undefined || next.at > now) return undefined
      sleeping.pop()
      current.delete(next.job)
      return next.job
    },
    nextAt: () => dropStale(sleeping)?.at ?? Infinity,
    queue: (job) => {
      const at = job.wakeAt ?? 0
      const wake = { job, wakeAt: at, at, index: job.index }
      current.set(job, wake)
      waiting.push(wake)
    },
    takeQueued: () => {
      const next = dropStale(waiting)
      if (next === undefined) return undefined
      waiting.pop()
      current.delete(next.job)
      return next.job
    },
  }
}
