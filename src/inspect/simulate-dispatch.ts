import type { Actor } from "../../events/envelope.ts"
import type { JobFact } from "../../events/fact.ts"
import type { JobCommand, RunOutcome } from "../../machines/command.ts"
import { Refusal } from "../../machines/refusal.ts"
import type { OpenRun } from "../../machines/state.ts"
import { evolve } from "../../machines/table.ts"
import type { VirtualClock } from "./simulate-clock.ts"
import type { Heap, Timed } from "./simulate-heap.ts"
import { decided, type LiveJob, type World } from "./simulate-jobs.ts"
import type { Checked, SimulatedAnswer } from "./simulate-options.ts"
import { endsRun, type SimulationRecord } from "./simulate-record.ts"
import type { HeldSlot, Slots } from "./simulate-runs.ts"
import { wakeAtOf } from "./simulate-wake-at.ts"
import type { Wakes } from "./simulate-wakes.ts"

/** An answer on its way; `at` is monotonic time. */
export interface Answer extends Timed {
  readonly slot: HeldSlot
  readonly outcome: RunOutcome
}

/** What a simulated scheduler is made of. */
export interface Parts {
  readonly options: Checked
  readonly clock: VirtualClock
  readonly slots: Slots
  readonly wakes: Wakes
  readonly answers: Heap<Answer>
  readonly record: SimulationRecord
}

/** The one way in: a command is decided, its facts are taken in, and the agent is asked. */
export interface Dispatch {
  /** False when it was refused, or came to nothing. */
  readonly dispatch: (job: LiveJob, command: JobCommand, by: Actor) => boolean
  readonly settle: (slot: HeldSlot, outcome: RunOutcome) => void
  /** A run that is open goes on. */
  readonly resume: (job: LiveJob, run: OpenRun) => void
  readonly world: () => World
  /** Another life of the process begins. */
  readonly reboot: () => void
  readonly bootId: () => string
}

/** The way in to a scheduler of these parts. */
export const makeDispatch = (parts: Parts): Dispatch => {
  const { clock, slots, wakes, record } = parts
  const ask = makeAsk(parts)
  let bootsCount = 1
  const bootId = (): string => `boot_${bootsCount}`
  const world = (): World => worldOf(parts, bootId())

  const take = (job: LiveJob, fact: JobFact, waitedMs: number): void => {
    const at = clock.wallAt()
    job.state = evolve(job.state, fact)
    record.take(job, fact, { at, trueAt: clock.trueAt(), waitedMs })
    if (endsRun(fact)) slots.close(fact.runId, at)
    if (fact.type === "run.started") ask(job, { ...fact, startedAt: at })
  }

  const dispatch = (job: LiveJob, command: JobCommand, by: Actor): boolean => {
    const facts = decided(job, command, { ...world(), by })
    if (facts instanceof Refusal || facts.length === 0) return false
    const waitedMs = slots.waitedMs(job.wakeAt ?? Infinity, clock.wallAt())
    for (const fact of facts) take(job, fact, waitedMs)
    job.wakeAt = wakeAtOf(job.state, clock.wallAt())
    wakes.plan(job)
    return true
  }

  const settle = ({ job, run }: HeldSlot, outcome: RunOutcome): void => {
    const { runId } = run
    const command = { type: "settle-run", jobId: job.jobId, runId, outcome } as const
    dispatch(job, command, { kind: "runner", id: runId })
  }
  const reboot = (): void => {
    bootsCount += 1
  }
  return { dispatch, settle, resume: ask, world, reboot, bootId }
}

/** What decisions depend on beside state, command and actor. */
const worldOf = ({ options, clock }: Parts, bootId: string): World => ({
  now: clock.wallAt(),
  zone: options.zone,
  zoneFrom: "configuration",
  planner: "simulation",
  bootId,
  node: "simulation",
  upSince: clock.upSince(),
  resumedAt: clock.resumedAt(),
  channels: options.channels ?? [],
  ...(options.agents !== undefined && { agents: options.agents }),
})

type Asked = Omit<OpenRun, "revision" | "bootId">

/** A run takes its slot, and the agent is asked. */
const makeAsk = ({ options, clock, slots, answers }: Parts) => {
  let answersCount = 0
  return (job: LiveJob, run: Asked): void => {
    const slot = { job, run }
    slots.open(slot, clock.wallAt())
    const { takesMs, outcome } = checkedAnswer(options.agent(requestOf(job, run)))
    if (takesMs === Infinity) return
    answersCount += 1
    answers.push({ slot, outcome, at: clock.monotonicMs() + takesMs, index: answersCount })
  }
}

const requestOf = ({ jobId, state }: LiveJob, run: Asked) => {
  const { prompt, name, model } = state.context.definition
  const { runId, dueAt, startedAt, attempt, trigger, deadlineAt } = run
  return { jobId, name, prompt, model, runId, dueAt, startedAt, attempt, trigger, deadlineAt }
}

const checkedAnswer = ({ takesMs, outcome = answered }: SimulatedAnswer) => {
  if (typeof takesMs === "number" && takesMs >= 0) return { takesMs: Math.round(takesMs), outcome }
  throw new Refusal({
    code: "invalid-input",
    message: `The agent says that its answer takes ${String(takesMs)} ms.`,
    received: takesMs,
    expected: "0 ms or more; Infinity for an answer that never comes",
  })
}

const answered: RunOutcome = { type: "succeeded", text: "Simulated." }
