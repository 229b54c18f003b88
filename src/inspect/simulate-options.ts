import type { Trigger } from "../../events/run.ts"
import type { EpochMs } from "../../events/time.ts"
import type { AddJob, RunOutcome } from "../../machines/command.ts"
import type { JobState } from "../../machines/state.ts"
import { Refusal } from "../../machines/refusal.ts"

/** A job as it would be added at the beginning; all but its schedule has a default. */
export type JobRequest = Pick<AddJob, "schedule"> &
  Partial<Omit<AddJob, "type" | "schedule" | "owner">>

/** What the agent is asked when a run has started. */
export interface SimulatedRequest {
  readonly jobId: string
  readonly name: string
  readonly prompt: string
  readonly model: string | null
  readonly runId: string
  readonly dueAt: EpochMs
  readonly startedAt: EpochMs
  readonly attempt: number
  readonly trigger: Trigger
  readonly deadlineAt: EpochMs
}

/** How long an answer takes, and what it is. Infinity hangs until the deadline. */
export interface SimulatedAnswer {
  readonly takesMs: number
  /** An answer in words, unless it says otherwise. */
  readonly outcome?: RunOutcome
}

/** Stands for the agent. The same request must get the same answer. */
export type SimulatedAgent = (request: SimulatedRequest) => SimulatedAnswer

/** What goes wrong, and when: `at` is the true time, whatever the clock of the machine shows. */
export type Fault =
  /** The process dies, its runs with it, and starts again after a while. */
  | { readonly type: "crash"; readonly at: EpochMs; readonly downMs: number }
  /** The machine sleeps: the process stands still, and the wall clock goes on. */
  | { readonly type: "suspend"; readonly at: EpochMs; readonly asleepMs: number }
  /** Somebody sets the wall clock, forward or back. */
  | { readonly type: "step"; readonly at: EpochMs; readonly byMs: number }

/** What is simulated. Times are epoch ms. */
export interface SimulateOptions {
  /** Jobs to add at the beginning, and jobs as a log has them by now. */
  readonly jobs: ReadonlyArray<JobRequest | JobState>
  readonly from: EpochMs
  readonly to: EpochMs
  /** Answers in one second by default. */
  readonly agent?: SimulatedAgent
  readonly faults?: ReadonlyArray<Fault>
  /** Runs at the same time; 4. */
  readonly maxConcurrent?: number
  /** The zone of schedules that name none; UTC. */
  readonly zone?: string
  /** When the simulation begins; what happens before `from` is lived through and not reported. */
  readonly begins?: EpochMs
  /** The channels and agents that jobs may name; any by default. */
  readonly channels?: ReadonlyArray<string>
  readonly agents?: ReadonlyArray<string>
  /** How many runs it may come to; beyond, it is refused. */
  readonly runsMax?: number
}

/** The options with their defaults. */
export type Checked = Required<Omit<SimulateOptions, "channels" | "agents">> &
  Pick<SimulateOptions, "channels" | "agents">

/** More runs than anybody reads; they take a few hundred bytes and some microseconds each. */
export const runsMaxDefault = 1_000_000

/** Nobody's calendar reaches further, and zones are looked through day by day. */
const spanMsMax = 36_525 * 86_400_000

/** Fills in the defaults; throws a Refusal for what makes no sense. */
export const checked = (options: SimulateOptions): Checked => {
  const all: Checked = {
    agent: answersInASecond,
    faults: [],
    maxConcurrent: 4,
    zone: "UTC",
    begins: options.from,
    runsMax: runsMaxDefault,
    ...options,
  }
  const refusal = spanProblem(all) ?? numberProblem(all) ?? faultsProblem(all)
  if (refusal !== undefined) throw refusal
  return { ...all, faults: all.faults.toSorted((one, other) => one.at - other.at) }
}

const answersInASecond: SimulatedAgent = () => ({ takesMs: 1_000 })

/** The furthest instant a date can hold. */
const instantMax = 8_640_000_000_000_000

const isInstant = (at: number): boolean => Number.isSafeInteger(at) && Math.abs(at) <= instantMax

const refused = (message: string, received: unknown, expected: string): Refusal =>
  new Refusal({ code: "invalid-input", message, received, expected })

const spanProblem = ({ jobs, from, to, begins }: Checked): Refusal | undefined => {
  const odd = Object.entries({ from, to, begins }).find(([, at]) => !isInstant(at))
  if (odd !== undefined) {
    return refused(`${odd[0]} is ${odd[1]}, which is no instant.`, odd[1], "epoch milliseconds")
  }
  if (to <= from) {
    const [end, start] = [new Date(to).toISOString(), new Date(from).toISOString()]
    return refused(
      `The simulation would end at ${end}, and begins at ${start}.`,
      { from, to },
      "a `to` that is later than `from`",
    )
  }
  if (to - begins > spanMsMax) {
    const message = "The simulation would last for more than a century."
    return refused(message, { begins, to }, "a span of at most a century")
  }
  if (begins > from) return refused("begins is later than from.", begins, "a time up to `from`")
  return jobs.length > 0 ? undefined : refused("There is no job to simulate.", [], "a job or more")
}

const numberProblem = ({ maxConcurrent, runsMax }: Checked): Refusal | undefined => {
  const counts = Object.entries({ maxConcurrent, runsMax })
  const odd = counts.find(([, count]) => !Number.isSafeInteger(count) || count < 1)
  return odd && refused(`${odd[0]} is ${odd[1]}.`, odd[1], "a whole number of 1 or more")
}

const faultsProblem = ({ faults, begins, to }: Checked): Refusal | undefined => {
  let upAgainAt = begins
  for (const fault of faults.toSorted((one, other) => one.at - other.at)) {
    const lengthMs = lengthOf(fault)
    if (!isInstant(fault.at) || fault.at < begins || fault.at > to) {
      return refused(`A ${fault.type} lies outside of the span.`, fault, "a time within it")
    }
    if (!Number.isSafeInteger(lengthMs) || (fault.type !== "step" && lengthMs < 1)) {
      return refused(`A ${fault.type} has the length ${lengthMs}.`, fault, "whole milliseconds")
    }
    if (fault.at < upAgainAt) {
      const message = `A ${fault.type} falls into the time in which the process is down.`
      return refused(message, fault, `a time from ${new Date(upAgainAt).toISOString()} on`)
    }
    if (fault.type !== "step") upAgainAt = fault.at + lengthMs
  }
  return undefined
}

const lengthOf = (fault: Fault): number => {
  switch (fault.type) {
    case "crash":
      return fault.downMs
    case "suspend":
      return fault.asleepMs
    case "step":
      return fault.byMs
  }
}
