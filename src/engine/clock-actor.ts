import { Context, Effect, Layer } from "effect"
import { createActor } from "xstate"
import type { ClockFact } from "../../events/fact.ts"
import type { JobId } from "../../events/ids.ts"
import type { EpochMs } from "../../events/time.ts"
import { clockMachine } from "../../machines/clock.ts"

/**
 * The actor that drives every job: it wakes with the alarm and tells the jobs that are due. While it
 * is stopped or paused it tells nobody, and nothing runs.
 */
export class ClockActor extends Context.Service<
  ClockActor,
  {
    /** A durable fact of the clock's stream. */
    readonly follow: (fact: ClockFact) => void
    /** The alarm rang at `at`: answers which of the due jobs the actor told so. */
    readonly woke: (dueJobIds: ReadonlyArray<JobId>, at: EpochMs) => ReadonlyArray<JobId>
    /** What should have woken before this was missed; undefined until the clock has started. */
    readonly upSince: () => EpochMs | undefined
    readonly state: () => "stopped" | "ticking" | "paused"
  }
>()("horolog/engine/ClockActor") {
  static readonly layer = Layer.effect(
    ClockActor,
    Effect.gen(function* () {
      let told: Array<JobId> = []
      const actor = yield* Effect.acquireRelease(
        Effect.sync(() => createActor(clockMachine).start()),
        (started) => Effect.sync(() => started.stop()),
      )
      actor.on("due", ({ jobId }) => void told.push(jobId))

      const woke = (dueJobIds: ReadonlyArray<JobId>, at: EpochMs) => {
        told = []
        actor.send({ type: "woke", dueJobIds, at })
        return told
      }
      return ClockActor.of({
        woke,
        follow: (fact) => actor.send(fact),
        upSince: () => {
          const { value, context } = actor.getSnapshot()
          return value === "stopped" ? undefined : context.upSince
        },
        state: () => actor.getSnapshot().value,
      })
    }),
  )
}
