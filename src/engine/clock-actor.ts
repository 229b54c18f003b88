import { Context, Effect, Layer } from "effect"
import { createActor, initialTransition, transition } from "xstate"
import type { ClockFact } from "../../events/fact.ts"
import type { JobId } from "../../events/ids.ts"
import type { EpochMs } from "../../events/time.ts"
import { clockMachine, type JobDue } from "../../machines/clock.ts"

/**
 * The actor that drives every job: it wakes with the alarm and tells the jobs that are due. While it
 * is stopped or paused it tells nobody, and nothing runs.
 */
export class ClockActor extends Context.Service<
  ClockActor,
  {
    /** What the clock's stream said before this boot: a pause outlives the process that kept it. */
    readonly hydrate: (facts: ReadonlyArray<ClockFact>) => void
    /** A durable fact of the clock's stream. */
    readonly follow: (fact: ClockFact) => void
    /** The alarm rang at `at`: answers what the actor told which of the due jobs. */
    readonly woke: (dueJobIds: ReadonlyArray<JobId>, at: EpochMs) => ReadonlyArray<JobDue>
    /** What should have woken before this was missed; undefined until the clock has started. */
    readonly upSince: () => EpochMs | undefined
    /** What should have woken before this passed while everything was paused. */
    readonly resumedAt: () => EpochMs
    readonly state: () => "stopped" | "ticking" | "paused"
  }
>()("horolog/engine/ClockActor") {
  static readonly layer = Layer.effect(
    ClockActor,
    Effect.gen(function* () {
      let told: Array<JobDue> = []
      let isStarted = false
      const start = (snapshot: Snapshot) => {
        const started = createActor(clockMachine, { snapshot })
        started.on("due", (signal) => void told.push(signal))
        return started.start()
      }
      let actor = start(initialTransition(clockMachine)[0])
      yield* Effect.addFinalizer(() => Effect.sync(() => actor.stop()))

      const woke = (dueJobIds: ReadonlyArray<JobId>, at: EpochMs) => {
        told = []
        actor.send({ type: "woke", dueJobIds, at })
        return told
      }
      const follow = (fact: ClockFact) => {
        if (fact.type === "clock.started") isStarted = true
        actor.send(fact)
      }
      const hydrate = (facts: ReadonlyArray<ClockFact>) => {
        actor.stop()
        actor = start(asFound(facts))
      }
      return ClockActor.of({
        woke,
        follow,
        hydrate,
        upSince: () => (isStarted ? actor.getSnapshot().context.upSince : undefined),
        resumedAt: () => actor.getSnapshot().context.resumedAt,
        state: () => actor.getSnapshot().value,
      })
    }),
  )
}

type Snapshot = ReturnType<typeof clockMachine.resolveState>

/** Nobody has watched the clock since those facts: it stands still, or it is paused. */
const asFound = (facts: ReadonlyArray<ClockFact>): Snapshot => {
  const { value, context } = facts.reduce(
    (snapshot, fact) => transition(clockMachine, snapshot, fact)[0],
    initialTransition(clockMachine)[0],
  )
  return clockMachine.resolveState({ value: value === "paused" ? value : "stopped", context })
}
