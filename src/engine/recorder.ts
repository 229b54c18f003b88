import { Context, Effect, Layer } from "effect"
import type { Recorded } from "../../events/envelope.ts"
import type { Fact } from "../../events/fact.ts"
import { Clock } from "../clock/clock.ts"
import { EventLog, type LogFailed } from "../log/event-log.ts"
import { Settings } from "../settings.ts"
import { Boot } from "./boot.ts"
import { metaOf } from "./meta.ts"

/** A fact that needs no decision: something that simply happened to this process. */
export interface Happening {
  /** Unique: the same happening is recorded once. */
  readonly commandId: string
  readonly name: string
  readonly stream: string
  readonly fact: Fact
  readonly correlationId?: string
}

/** Appends a fact of the system's own and waits until it is durable. */
export class Recorder extends Context.Service<
  Recorder,
  (happening: Happening) => Effect.Effect<Recorded, LogFailed>
>()("horolog/engine/Recorder") {
  static readonly layer = Layer.effect(
    Recorder,
    Effect.gen(function* () {
      const log = yield* EventLog
      const clock = yield* Clock
      const { app } = yield* Settings
      const { bootId } = yield* Boot
      const by = { kind: "system", id: "horolog" } as const

      return Recorder.of(
        Effect.fnUntraced(function* ({ commandId, name, stream, fact, correlationId }) {
          const { facts } = yield* log
            .append({
              commandId,
              at: clock.now(),
              meta: metaOf(
                { id: commandId, name },
                { by, ...(correlationId !== undefined && { correlationId }) },
                { app, instance: bootId },
              ),
              facts: [{ stream, fact }],
              expected: [],
            })
            .pipe(Effect.catchTag("VersionConflict", Effect.die))
          yield* log.durable
          const [recorded] = facts
          return recorded ?? (yield* Effect.die(`Nothing was recorded for ${commandId}.`))
        }),
      )
    }),
  )
}
