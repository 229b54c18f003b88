import { Context, Effect, Layer } from "effect"
import { createActor, type ActorRefFrom } from "xstate"
import type { Recorded } from "../../events/envelope.ts"
import type { JobFact } from "../../events/fact.ts"
import type { JobId } from "../../events/ids.ts"
import { jobOfStream } from "../../events/stream.ts"
import { jobMachine, type DueSignal, type JobRequest } from "../../machines/job.ts"
import { toSnapshot } from "../../machines/table.ts"
import { Heads } from "./heads.ts"

/**
 * The machine for snapshots that are live already. One that comes from JSON is searched for actors to
 * be revived, its whole context through; ours holds none, and that search was the dearest step of a run.
 */
const liveMachine = Object.create(jobMachine, {
  restoreSnapshot: { value: undefined },
}) as typeof jobMachine

interface LiveJob {
  readonly actor: ActorRefFrom<typeof jobMachine>
  version: number
}

/**
 * The live actors: one for each job that is about to run or runs. An actor is hydrated from the head
 * when the clock calls, hears every later fact of its job once, and rests when no run is open.
 */
export class JobActors extends Context.Service<
  JobActors,
  {
    /** Tells a job that it is due, and answers what its actor asks for; undefined: it is not due. */
    readonly due: (jobId: JobId, signal: DueSignal) => Effect.Effect<JobRequest | undefined>
    /** A durable fact of a job's stream. */
    readonly follow: (recorded: Recorded) => void
    /** The start was refused: the actor has nothing to wait for. */
    readonly release: (jobId: JobId) => void
    readonly count: () => number
  }
>()("horolog/engine/JobActors") {
  static readonly layer = Layer.effect(
    JobActors,
    Effect.gen(function* () {
      const heads = yield* Heads
      const live = new Map<JobId, LiveJob>()
      let asked: JobRequest | undefined

      const hydrate = Effect.fnUntraced(function* (jobId: JobId) {
        const { version, state } = yield* heads.get(jobId)
        const actor = createActor(liveMachine, { snapshot: toSnapshot(state) })
        actor.on("*", (request) => {
          asked = request
        })
        const job = { actor: actor.start(), version }
        live.set(jobId, job)
        return job
      })

      const release = (jobId: JobId) => {
        live.get(jobId)?.actor.stop()
        live.delete(jobId)
      }

      const due = Effect.fnUntraced(function* (jobId: JobId, signal: DueSignal) {
        asked = undefined
        const { version } = yield* heads.get(jobId)
        // The alarm may ring before the actor has heard of what is in the table already.
        if ((live.get(jobId)?.version ?? version) < version) release(jobId)
        const { actor } = live.get(jobId) ?? (yield* hydrate(jobId))
        actor.send(signal)
        if (asked === undefined) release(jobId)
        return asked
      }, Effect.catch(Effect.die))

      const follow = ({ stream, version, fact }: Recorded) => {
        const jobId = jobOfStream(stream)
        const job = jobId === undefined ? undefined : live.get(jobId)
        if (jobId === undefined || job === undefined || version <= job.version) return
        job.version = version
        job.actor.send(fact as JobFact)
        if (!job.actor.getSnapshot().matches("running")) release(jobId)
      }

      yield* Effect.addFinalizer(() => Effect.sync(() => [...live.keys()].forEach(release)))
      return JobActors.of({ due, follow, release, count: () => live.size })
    }),
  )
}
