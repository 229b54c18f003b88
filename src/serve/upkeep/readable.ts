import { Effect } from "effect"
import type { UnreadableFact } from "../../../events/codec.ts"
import { LogFailed } from "../../log/event-log.ts"

/** A fact this release cannot read is a log it cannot use. */
export const readable = <A, R>(
  effect: Effect.Effect<A, LogFailed | UnreadableFact, R>,
): Effect.Effect<A, LogFailed, R> =>
  Effect.catchTag(effect, "UnreadableFact", (error) =>
    Effect.fail(new LogFailed({ reason: "unreadable", message: error.message })),
  )
