import { Cause, Effect, type Exit } from "effect"

/**
 * Lets effects go on only as long as `failure` has not failed. Whatever is under way then ends with
 * that failure, and what is asked later does not begin.
 */
export const lastingUntil =
  <E>(failure: Effect.Effect<never, E>) =>
  <A, E2, R>(effect: Effect.Effect<A, E2, R>): Effect.Effect<A, E | E2, R> =>
    // The failure is first: once it is there, the other one is not even started.
    Effect.raceFirst(failure, effect)

/**
 * Waits for the failure and tells it, as an Error. Without anybody to tell it is logged, because
 * otherwise a program would not notice that nothing fires any more.
 */
export const telling = <E>(
  failure: Effect.Effect<never, E>,
  onFailure: ((error: Error) => void) | undefined,
): Effect.Effect<void> =>
  Effect.matchCauseEffect(failure, {
    onSuccess: () => Effect.void,
    onFailure: (cause) =>
      onFailure === undefined
        ? Effect.logError("The scheduler has failed, and nothing fires any more.", cause)
        : // What it throws is the program's own fault, and surfaces there.
          Effect.sync(() => queueMicrotask(() => onFailure(errorOf(cause)))),
  })

/** What ended it, as an Error that can be thrown; the very one where it is an Error already. */
const errorOf = (cause: Cause.Cause<unknown>): Error => {
  const thrown = Cause.squash(cause)
  return thrown instanceof Error ? thrown : new Error(String(thrown), { cause: thrown })
}

/** Puts everything away in turn, each also when one before it failed; rejects with the first failure. */
export const inTurn = async (...all: ReadonlyArray<() => Promise<unknown>>): Promise<void> => {
  const failures: Array<unknown> = []
  for (const putAway of all) {
    await putAway().catch((failure: unknown) => failures.push(failure))
  }
  if (failures.length > 0) throw failures[0]
}

/** The value of an exit, or what it failed with, thrown. */
export const valueOf = <A, E>(exit: Exit.Exit<A, E>): A => {
  if (exit._tag === "Success") return exit.value
  throw Cause.squash(exit.cause)
}
