import { Effect } from "effect"
import type { UnreadableFact } from "../../../events/codec.ts"
import type { Recorded } from "../../../events/envelope.ts"
import { EventLog, LogFailed } from "../../log/event-log.ts"

const pageSize = 2_000

/** Every fact between two positions, in order, page by page; others get their turn in between. */
export const eachFact = Effect.fnUntraced(function* (
  { after: from = 0, upTo }: { readonly after?: number; readonly upTo: number },
  take: (recorded: Recorded) => void,
) {
  const log = yield* EventLog
  for (let after = from; after < upTo;) {
    const page = yield* readable(log.read({ after, upTo, limit: pageSize }))
    for (const recorded of page) take(recorded)
    const last = page.at(-1)
    if (last === undefined) return
    after = last.position
    yield* Effect.yieldNow
  }
})

/** A fact this release cannot read is a log it cannot use. */
export const readable = <A, R>(
  effect: Effect.Effect<A, LogFailed | UnreadableFact, R>,
): Effect.Effect<A, LogFailed, R> =>
  Effect.catchTag(effect, "UnreadableFact", (error) =>
    Effect.fail(new LogFailed({ reason: "unreadable", message: error.message })),
  )
