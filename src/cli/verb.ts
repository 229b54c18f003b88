import { Effect, type Scope } from "effect"
import type { Refusal } from "../../machines/refusal.ts"
import { callerOfEnvironment } from "../serve/caller.ts"
import type { Desk } from "../serve/desk.ts"
import { House } from "./house.ts"
import { placeOf, root } from "./root.ts"
import { print } from "./terminal.ts"

/** Asks one operation and prints what comes back. */
export const asking = <A>(
  operation: string,
  input: unknown,
  render: (answer: A, desk: Desk["Service"]) => string,
) =>
  atDesk((desk) =>
    Effect.flatMap(ask<A>(desk, operation, input), (answer) =>
      show(answer, (one) => render(one, desk)),
    ),
  )

/** Works at a desk on this command's folder. */
export const atDesk = <A, E, R>(
  work: (desk: Desk["Service"]) => Effect.Effect<A, E, R | Scope.Scope>,
  options: { readonly carryOut: boolean } = { carryOut: false },
) =>
  Effect.scoped(
    Effect.gen(function* () {
      const house = yield* House
      return yield* work(yield* house.desk(yield* placeOf(), options))
    }),
  )

/** One question, asked as whoever gave this command. */
export const ask = <A>(
  desk: Desk["Service"],
  operation: string,
  input: unknown,
): Effect.Effect<A, Refusal> =>
  desk.ask(operation, input, { by: callerOfEnvironment(process.env) }) as Effect.Effect<A, Refusal>

/** Prints an answer: for people as `render` says it, with --json as the one document it is. */
export const show = <A>(answer: A, render: (answer: A) => string) =>
  Effect.flatMap(root, ({ json }) => print(json ? JSON.stringify(answer, null, 2) : render(answer)))
