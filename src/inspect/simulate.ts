import { Refusal } from "../../machines/refusal.ts"
import type { Simulated } from "./simulate-answer.ts"
import { changesOf } from "./simulate-changes.ts"
import { checked, type Checked, type SimulateOptions } from "./simulate-options.ts"
import { collisionsOf, summaries } from "./simulate-summary.ts"
import { makeWorld } from "./simulate-world.ts"

export type * from "./simulate-answer.ts"
export type {
  Fault,
  JobRequest,
  SimulatedAgent,
  SimulatedAnswer,
  SimulatedRequest,
  SimulateOptions,
} from "./simulate-options.ts"

/**
 * What would happen: the real machines and the real clock in virtual time, with a stub for the agent.
 * Nothing is run and nothing is written; the same options come to the same answer. Throws a Refusal
 * for what makes no sense, naming the job, and for what comes to too many runs.
 */
export const simulate = (options: SimulateOptions): Simulated => {
  const simulation = beginSimulation(options)
  while (simulation.advance(stepsAtOnce)) continue
  return simulation.result()
}

const stepsAtOnce = 10_000

/** A simulation that is lived through in pieces, so that others get their turn. */
export interface Simulation {
  /** Lives through so many steps; false when it has come to its end. */
  readonly advance: (stepsCount: number) => boolean
  readonly result: () => Simulated
}

/** Begins a simulation; `advance` goes on with it. */
export const beginSimulation = (options: SimulateOptions): Simulation => {
  const all = checked(options)
  const world = makeWorld(all)
  const stepsMax = all.runsMax * stepsPerRunMax
  let stepsCount = 0
  return {
    advance: (count) => {
      for (let index = 0; index < count; index += 1) {
        if (!world.advance()) return false
        stepsCount += 1
        const isTooMuch = world.record.runs.length > all.runsMax || stepsCount > stepsMax
        if (isTooMuch) throw tooMuch(all, world.now())
      }
      return true
    },
    result: () => resultOf(all, world),
  }
}

/** A run takes a start and an answer; the rest is for what starts nothing. */
const stepsPerRunMax = 10

const resultOf = (
  { from, to, maxConcurrent }: Checked,
  { jobs, record }: ReturnType<typeof makeWorld>,
): Simulated => {
  const { runs, skipped } = record
  return {
    from,
    to,
    maxConcurrent,
    jobs: summaries(jobs, { runs, skipped }),
    runs,
    skipped,
    peaks: record.peaks(),
    collisions: collisionsOf(runs),
    changes: changesOf(jobs, runs, { from, to }),
  }
}

const tooMuch = ({ runsMax, from, to }: Checked, reachedAt: number): Refusal => {
  const [reached, end] = [new Date(reachedAt).toISOString(), new Date(to).toISOString()]
  return new Refusal({
    code: "capacity",
    message: `This comes to more than ${runsMax} runs: by ${reached} there were so many, and ${end} is the end.`,
    received: { from, to },
    expected: `a span of at most ${runsMax} runs`,
    hint: "Simulate a shorter time, or fewer jobs.",
  })
}
