import { makeClock } from "./simulate-clock.ts"
import { makeDispatch, type Answer, type Dispatch, type Parts } from "./simulate-dispatch.ts"
import { makeHeap } from "./simulate-heap.ts"
import { jobsAtBeginning } from "./simulate-jobs.ts"
import type { Checked, Fault } from "./simulate-options.ts"
import { makeRecord } from "./simulate-record.ts"
import { makeRing } from "./simulate-ring.ts"
import { makeSlots, type HeldSlot } from "./simulate-runs.ts"
import { makeWakes } from "./simulate-wakes.ts"

/**
 * The scheduler in virtual time: jobs that wake, runs that hold slots, answers and faults that come.
 * Everything is decided and folded by the real machines; only agent, store and time are not real.
 */
export const makeWorld = (options: Checked) => {
  const parts: Parts = {
    options,
    clock: makeClock(options.begins),
    slots: makeSlots(options.maxConcurrent),
    wakes: makeWakes(),
    answers: makeHeap<Answer>(),
    record: makeRecord(options.from),
  }
  const { clock, answers, wakes, slots, record } = parts
  clock.start()
  const dispatch = makeDispatch(parts)
  const jobs = jobsAtBeginning(options, dispatch.world())
  const ring = makeRing(parts, dispatch, jobs)
  const incidents = makeIncidents(parts, dispatch, ring)
  for (const job of jobs) {
    for (const run of Object.values(job.state.context.openRuns)) dispatch.resume(job, run)
    wakes.plan(job)
  }
  ring()

  const answer = (next: Answer | undefined): void => {
    if (next === undefined || slots.get(next.slot.run.runId) === undefined) return
    dispatch.settle(next.slot, next.outcome)
    ring()
  }

  /** Lives through what comes next; false when nothing more comes before the end. */
  const advance = (): boolean => {
    const answerAt = answers.peek()?.at ?? Infinity
    const at = Math.min(incidents.nextAt(), answerAt, clock.ringsAt())
    if (at > clock.monotonicOf(options.to)) return false
    clock.goTo(at)
    if (incidents.nextAt() === at) incidents.befall()
    else if (answerAt === at) answer(answers.pop())
    else ring()
    return true
  }
  return { jobs, record, advance, now: clock.trueAt }
}

/** What comes from outside: the faults, and the end of each time in which the process is down. */
type Incident =
  | Fault
  | { readonly type: "boot"; readonly at: number; readonly lost: ReadonlyArray<HeldSlot> }

const makeIncidents = (
  { options, clock, answers, slots }: Parts,
  { dispatch, reboot }: Dispatch,
  ring: () => void,
) => {
  const coming: Array<Incident> = [...options.faults]

  const boot = (lost: ReadonlyArray<HeldSlot>): void => {
    reboot()
    clock.start()
    for (const { job, run } of lost) {
      const { jobId } = job
      const command = { type: "interrupt-run", jobId, runId: run.runId, reason: "crash" } as const
      dispatch(job, command, { kind: "system", id: "horolog" })
    }
    ring()
  }

  const crash = (upAgainAt: number): void => {
    answers.clear()
    clock.stop()
    coming.unshift({ type: "boot", at: upAgainAt, lost: slots.lose() })
  }

  const meet = (incident: Incident): void => {
    switch (incident.type) {
      case "boot":
        return boot(incident.lost)
      case "step":
        return clock.step(incident.byMs)
      case "suspend":
        return clock.sleep(incident.asleepMs)
      case "crash":
        return crash(incident.at + incident.downMs)
    }
  }

  return {
    nextAt: (): number => {
      const [next] = coming
      return next === undefined ? Infinity : clock.monotonicOf(next.at)
    },
    befall: (): void => {
      const next = coming.shift()
      if (next !== undefined) meet(next)
    },
  }
}
