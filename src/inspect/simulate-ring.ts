import type { Dispatch, Parts } from "./simulate-dispatch.ts"
import { askedBy, type LiveJob } from "./simulate-jobs.ts"

/** How long a job whose start was refused is left alone. */
const refusedBackoffMs = 1_000

/**
 * What happens when the alarm rings: a step of the wall clock is seen, overdue runs end, and what is
 * due starts, oldest first, as long as slots are free. Then the alarm is set anew.
 */
export const makeRing = (
  { clock, slots, wakes }: Parts,
  { dispatch, settle, bootId }: Dispatch,
) => {
  let runsCount = 0

  const start = (job: LiveJob): void => {
    const asked = askedBy(job)
    const runId = `run_${(runsCount += 1)}`
    const by = { kind: "clock", id: bootId() } as const
    const isTaken = asked !== undefined && dispatch(job, { ...asked, runId }, by)
    if (!isTaken) wakes.plan(job, clock.wallAt() + refusedBackoffMs)
  }

  const queueDue = (now: number): void => {
    for (let job = wakes.takeDue(now); job !== undefined; job = wakes.takeDue(now)) wakes.queue(job)
  }

  const startQueued = (): void => {
    while (slots.isFree()) {
      const job = wakes.takeQueued()
      if (job === undefined) return
      start(job)
    }
  }

  return (): void => {
    clock.ring()
    const now = clock.wallAt()
    for (const slot of slots.expired(now)) settle(slot, { type: "timed-out" })
    if (clock.isTicking()) {
      queueDue(now)
      startQueued()
    }
    const wakesAt = clock.isTicking() ? wakes.nextAt() : Infinity
    clock.ringAtWall(Math.min(slots.deadlineAt(), wakesAt))
  }
}
