import { Effect, Option, Stream } from "effect"
import type { Recorded } from "../../../events/envelope.ts"
import { Refusal } from "../../../machines/refusal.ts"
import type { Desk } from "../../serve/desk.ts"

const patience = "8 seconds"

/** Waits until a fact has happened, from the beginning of the log on. */
export const until = (
  desk: Desk["Service"],
  what: string,
  isIt: (recorded: Recorded) => boolean,
): Effect.Effect<Recorded, Refusal> =>
  desk.events(0).pipe(
    Stream.filter(isIt),
    Stream.runHead,
    Effect.flatMap(
      Option.match({
        onNone: () => Effect.fail(missing(what)),
        onSome: (recorded) => Effect.succeed(recorded),
      }),
    ),
    Effect.timeoutOrElse({ duration: patience, orElse: () => Effect.fail(missing(what)) }),
  )

/** What the tour promises has to be so; otherwise the demo fails and says what was not. */
export const check = (
  what: string,
  isSo: boolean,
  received: unknown,
): Effect.Effect<void, Refusal> => (isSo ? Effect.void : Effect.fail(missing(what, received)))

const missing = (what: string, received?: unknown): Refusal =>
  new Refusal({
    code: "store-failed",
    message: `The demo did not go as it should: ${what}.`,
    ...(received !== undefined && { received }),
    hint: "Please report this with what `horolog log --data <folder>` of the demo's folder says.",
  })
