import { Context, Effect, Layer } from "effect"
import type { UnreadableFact } from "../../events/codec.ts"
import type { JobFact } from "../../events/fact.ts"
import type { JobId } from "../../events/ids.ts"
import { jobStream } from "../../events/stream.ts"
import type { JobState } from "../../machines/state.ts"
import { evolve, initial } from "../../machines/table.ts"
import { EventLog, type LogFailed } from "../log/event-log.ts"

/** A job at the end of its stream: what the next decision is taken on. */
export interface Head {
  readonly version: number
  readonly state: JobState
}

const headsMax = 10_000
const snapshotEvery = 128
/** Raise it whenever the fold or the shape of a job's state changes: older snapshots are ignored. */
const foldVersion = "1"

/**
 * The states of the jobs that were asked for lately. A head is folded from a disposable snapshot and
 * the rest of its stream; losing one costs a read, never a fact.
 */
export class Heads extends Context.Service<
  Heads,
  {
    readonly get: (jobId: JobId) => Effect.Effect<Head, LogFailed | UnreadableFact>
    /** Where the job will be once `facts` are appended. Pure. */
    readonly after: (before: Head, facts: ReadonlyArray<JobFact>) => Head
    /** Keeps what has been appended; now and then a snapshot of it too. */
    readonly keep: (jobId: JobId, before: Head, head: Head) => Effect.Effect<void, LogFailed>
    readonly forget: (jobId: JobId) => void
  }
>()("horolog/engine/Heads") {
  static readonly layer = Layer.effect(
    Heads,
    Effect.gen(function* () {
      const log = yield* EventLog
      const heads = new Map<JobId, Head>()

      const remember = (jobId: JobId, head: Head): Head => {
        heads.delete(jobId)
        heads.set(jobId, head)
        if (heads.size > headsMax) heads.delete(heads.keys().next().value ?? jobId)
        return head
      }

      /** While it was loading, somebody may have appended. */
      const newer = (jobId: JobId, loaded: Head): Head => {
        const present = heads.get(jobId)
        return present !== undefined && present.version >= loaded.version
          ? present
          : remember(jobId, loaded)
      }

      const load = Effect.fnUntraced(function* (jobId: JobId) {
        const stream = jobStream(jobId)
        const snapshot = yield* log.snapshot(stream)
        const start: Head =
          snapshot?.fold === foldVersion
            ? { version: snapshot.version, state: JSON.parse(snapshot.state) as JobState }
            : { version: 0, state: initial }
        const recorded = yield* log.read({ stream, afterVersion: start.version })
        return after(
          start,
          recorded.map(({ fact }) => fact as JobFact),
        )
      })

      const get = (jobId: JobId): Effect.Effect<Head, LogFailed | UnreadableFact> =>
        Effect.suspend(() => {
          const head = heads.get(jobId)
          if (head !== undefined) return Effect.succeed(head)
          return Effect.map(load(jobId), (loaded) => newer(jobId, loaded))
        })

      const keep = (jobId: JobId, before: Head, head: Head): Effect.Effect<void, LogFailed> => {
        remember(jobId, head)
        if (!crossed(before.version, head.version)) return Effect.void
        const state = JSON.stringify(head.state)
        const { version } = head
        return log.saveSnapshot({ stream: jobStream(jobId), version, fold: foldVersion, state })
      }

      return Heads.of({ get, after, keep, forget: (jobId) => void heads.delete(jobId) })
    }),
  )
}

const after = (before: Head, facts: ReadonlyArray<JobFact>): Head => ({
  version: before.version + facts.length,
  state: facts.reduce(evolve, before.state),
})

const crossed = (from: number, to: number): boolean =>
  Math.floor(from / snapshotEvery) !== Math.floor(to / snapshotEvery)
