import { largeJumpMs } from "../../machines/clock.ts"
import type { JobRequest, StartRequest } from "../../machines/request.ts"
import type { Dispatch, Parts } from "./simulate-dispatch.ts"
import { askedBy, type LiveJob } from "./simulate-jobs.ts"
import { makePace } from "./simulate-pace.ts"

/** How long a job whose start was refused is left alone. */
const refusedBackoffMs = 1_000

/**
 * What happens when the alarm rings: a step of the wall clock is seen, overdue runs end, and what is
 * due starts, oldest first, as long as slots are free. Then the alarm is set anew.
 */
export const makeRing = (
  parts: Parts,
  dispatch: Dispatch,
  jobs: ReadonlyArray<LiveJob>,
): (() => void) => {
  const { clock, slots, wakes } = parts
  const due = makeDue(parts, dispatch)
  const by = () => ({ kind: "clock", id: dispatch.bootId() }) as const

  /** Set back by hours, the clock was wrong, and so are the plans that were made on it. */
  const observe = (): void => {
    const jump = clock.ring()
    if (jump === undefined || jump.deltaMs >= -largeJumpMs) return
    for (const job of jobs) {
      const command = { type: "replan-job", jobId: job.jobId, reason: "clock-jumped" } as const
      if (job.state.context.plan !== null) dispatch.dispatch(job, command, by())
    }
  }

  return (): void => {
    observe()
    const now = clock.wallAt()
    for (const slot of slots.expired(now)) dispatch.settle(slot, { type: "timed-out" })
    if (clock.isTicking()) due()
    const wakesAt = clock.isTicking() ? wakes.nextAt() : Infinity
    clock.ringAtWall(Math.min(slots.deadlineAt(), wakesAt))
  }
}

/** Does what the jobs that are due ask for: what needs no slot at once, the rest in turn. */
const makeDue = (
  { options, clock, slots, wakes }: Parts,
  { dispatch, settle, bootId }: Dispatch,
): (() => void) => {
  const pace = makePace(options.maxConcurrent)
  let runsCount = 0
  const ringNow = () => ({
    at: clock.wallAt(),
    upSince: clock.upSince(),
    resumedAt: clock.resumedAt(),
  })

  const carryOut = (job: LiveJob, asked: Exclude<JobRequest, StartRequest>): boolean => {
    if (asked.type === "let-be") return false
    if (asked.type !== "cancel-run") return dispatch(job, asked, { kind: "clock", id: bootId() })
    const slot = slots.get(asked.runId)
    if (slot === undefined) return false
    settle(slot, { type: "cancelled", reason: asked.reason })
    return true
  }

  const tell = (job: LiveJob): void => {
    const asked = askedBy(job, ringNow())
    if (asked?.type === "start-run") return queue(job)
    const isDone = asked !== undefined && carryOut(job, asked)
    if (!isDone) wakes.plan(job, clock.wallAt() + refusedBackoffMs)
  }

  const queue = (job: LiveJob): void => {
    const mayStartAt = pace(job, job.wakeAt ?? clock.wallAt(), clock.upSince())
    if (mayStartAt <= clock.wallAt()) wakes.queue(job)
    else wakes.plan(job, mayStartAt)
  }

  const start = (job: LiveJob): void => {
    const asked = askedBy(job, ringNow())
    if (asked?.type !== "start-run") return tell(job)
    runsCount += 1
    const command = { ...asked, runId: `run_${runsCount}` }
    const isTaken = dispatch(job, command, { kind: "clock", id: bootId() })
    if (!isTaken) wakes.plan(job, clock.wallAt() + refusedBackoffMs)
  }

  const tellDue = (): void => {
    const now = clock.wallAt()
    for (let job = wakes.takeDue(now); job !== undefined; job = wakes.takeDue(now)) tell(job)
  }

  return (): void => {
    tellDue()
    while (slots.isFree()) {
      const job = wakes.takeQueued()
      if (job === undefined) return
      start(job)
    }
  }
}
