import { Result } from "effect"
import { transition } from "xstate"
import { expect } from "vitest"
import type { JobFact } from "../../events/fact.ts"
import type { DecideContext, JobCommand } from "../../machines/command.ts"
import { decide } from "../../machines/decide.ts"
import { jobMachine } from "../../machines/job.ts"
import type { RefusalCode } from "../../machines/refusal.ts"
import type { JobState, JobValue } from "../../machines/state.ts"
import { evolve, fromSnapshot, initial, legalFacts, toSnapshot } from "../../machines/table.ts"

/** `given(history).when(command, at(noon)).records(facts)`: the whole vocabulary of a decision test. */
export const given = (...history: ReadonlyArray<JobFact>) => {
  const state = evolveAll(initial, history)
  return {
    state,
    when: (command: JobCommand, context: DecideContext) => outcomeOf(state, command, context),
  }
}

/** A fact that the machine has no arrow for is a fault in `decide`, never something to skip. */
export const evolveStrictly = (state: JobState, fact: JobFact): JobState => {
  expect(legalFacts(state.value), `${fact.type} in ${state.value}`).toContain(fact.type)
  const next = evolve(state, fact)
  expect(byMachine(state, fact)).toEqual(next)
  return next
}

export const evolveAll = (state: JobState, facts: ReadonlyArray<JobFact>): JobState =>
  facts.reduce(evolveStrictly, state)

/** The same step as the drawing takes it. */
export const byMachine = (state: JobState, fact: JobFact): JobState =>
  fromSnapshot(transition(jobMachine, toSnapshot(state), fact)[0])

/** The facts of a decision that was not refused. */
export const factsOf = (
  state: JobState,
  command: JobCommand,
  context: DecideContext,
): ReadonlyArray<JobFact> => Result.getOrThrow(decide(state, command, context))

const outcomeOf = (state: JobState, command: JobCommand, context: DecideContext) => ({
  /** Exactly these facts, each of which the machine has an arrow for; answers the state after them. */
  records: (...facts: ReadonlyArray<JobFact>): JobState => {
    expect(factsOf(state, command, context)).toEqual(facts)
    return evolveAll(state, facts)
  },
  /** All was as it was asked for. */
  changesNothing: () => {
    expect(factsOf(state, command, context)).toEqual([])
  },
  leadsTo: (value: JobValue): JobState => {
    const after = evolveAll(state, factsOf(state, command, context))
    expect(after.value).toBe(value)
    return after
  },
  /** Refused for this reason, in words that match, with what the state would accept. */
  isRefused: (code: RefusalCode, ...words: ReadonlyArray<RegExp>) => {
    const refusal = Result.getOrThrow(Result.flip(decide(state, command, context)))
    expect(refusal).toMatchObject({ code })
    expect(refusal.allowed).toBeDefined()
    expect(refusal.hint).toBeDefined()
    expect(refusal.expected).toBeDefined()
    for (const word of words) expect(refusal.message).toMatch(word)
    return refusal
  },
})
