import { Context, type Effect, type Stream } from "effect"
import type { Recorded } from "../../events/envelope.ts"
import type { Refusal } from "../../machines/refusal.ts"
import type { Caller } from "../operations/operation.ts"

/**
 * Where everything can be asked that a data folder answers: the operations of the catalogue and the
 * upkeep of the log, by name. One desk works on the folder itself, another posts to the server that
 * holds it; a face cannot tell them apart.
 */
export class Desk extends Context.Service<
  Desk,
  {
    /** `not-found` when there is no such operation. */
    readonly ask: (
      operation: string,
      input: unknown,
      caller: Caller,
    ) => Effect.Effect<unknown, Refusal>
    /** Every durable fact after a position, then every later one as it becomes durable. */
    readonly events: (after: number) => Stream.Stream<Recorded, Refusal>
    /** Whether a server holds the folder, and the clock with it. */
    readonly served: boolean
  }
>()("horolog/serve/Desk") {}
