import { constants } from "node:os"
import { Deferred, Effect, Fiber, type Exit } from "effect"

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const

/** Turns the signals of the operating system into the end of a program. */
export interface Signals {
  /** For who ends by itself when asked to, as a server does; nobody else is then interrupted. */
  readonly stopped: Effect.Effect<void>
  /** The number of the signal that came, if one did. */
  readonly received: () => number | undefined
  readonly run: <A, E>(program: Effect.Effect<A, E>) => Promise<Exit.Exit<A, E>>
}

const nothing = (): void => {}

/** The first signal asks for an end, the second one ends at once. */
export const watchSignals = (): Signals => {
  const asked = Deferred.makeUnsafe<void>()
  let received: number | undefined
  let isAwaited = false
  let interrupt: () => void = nothing

  const hear = (signal: (typeof signals)[number]): void => {
    const number = constants.signals[signal]
    if (received !== undefined) process.exit(128 + number)
    received = number
    if (isAwaited) Deferred.doneUnsafe(asked, Effect.void)
    else interrupt()
  }
  for (const signal of signals) process.on(signal, hear)
  // Whoever reads us went away (`horolog log | head`): there is nobody left to tell.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0)
  })

  return {
    stopped: Effect.suspend(() => {
      isAwaited = true
      return Deferred.await(asked)
    }),
    received: () => received,
    run: (program) => {
      const fiber = Effect.runFork(program)
      interrupt = () => fiber.interruptUnsafe()
      return Effect.runPromise(Fiber.await(fiber))
    },
  }
}
