import { Context, Deferred, Effect, Layer } from "effect"
import type { Actor } from "../../events/envelope.ts"
import type { JobId, RunId } from "../../events/ids.ts"
import type { EpochMs } from "../../events/time.ts"
import type { RunOutcome } from "../../machines/command.ts"
import { Refusal } from "../../machines/refusal.ts"
import { Settings } from "../settings.ts"

/** A run that this process has open. */
export interface OpenRunHandle {
  readonly jobId: JobId
  readonly runId: RunId
  readonly deadlineAt: EpochMs
  /** The next occurrence of its job ends it: the alarm looks after it. */
  readonly yields: boolean
  /** Completed from outside to end the run otherwise than by the agent's answer. */
  readonly ended: Deferred.Deferred<RunOutcome | "interrupted">
  /** Who ended it, if somebody did. */
  endedBy?: Actor
  /** Completed when the outcome is recorded. */
  readonly settled: Deferred.Deferred<void>
}

/**
 * The runs this process has open, and the slots they hold. A start takes its slot before it is
 * decided; a settled run, or a refused start, gives it back.
 */
export class OpenRuns extends Context.Service<
  OpenRuns,
  {
    readonly all: () => ReadonlyArray<OpenRunHandle>
    readonly get: (runId: RunId) => OpenRunHandle | undefined
    /** The run is about to start, in the slot of the start that is being decided. */
    readonly open: (run: Pick<OpenRunHandle, "jobId" | "runId" | "deadlineAt" | "yields">) => void
    /** The start came to nothing yet; its slot stays taken while it is decided again. */
    readonly unopen: (runId: RunId) => void
    /** The run is settled: its slot is free, and whoever waited for it goes on. */
    readonly close: (runId: RunId) => void
    /** Refuses when every slot is taken; holds one while `start` is decided, and longer if it opens. */
    readonly inSlot: <A, E>(
      runId: RunId,
      start: Effect.Effect<A, E>,
    ) => Effect.Effect<A, E | Refusal>
    readonly freeCount: () => number
    /** From here on no run starts: the scheduler is stopping. */
    readonly refuseStarts: () => void
    /** Told whenever a slot has become free. */
    readonly onFree: (tell: () => void) => void
    /** The earliest deadline of an open run. */
    readonly deadlineAt: () => EpochMs | undefined
  }
>()("horolog/engine/OpenRuns") {
  static readonly layer = Layer.effect(
    OpenRuns,
    Effect.gen(function* () {
      const { maxConcurrent } = yield* Settings
      const runs = new Map<RunId, OpenRunHandle>()
      const starting = new Set<RunId>()
      let stopping = false
      let tellFree = nobody
      const freeCount = () => maxConcurrent - runs.size - starting.size

      const open = (run: Parameters<OpenRuns["Service"]["open"]>[0]) => {
        const { jobId, runId, deadlineAt, yields } = run
        const ended = Deferred.makeUnsafe<RunOutcome | "interrupted">()
        starting.delete(runId)
        const settled = Deferred.makeUnsafe<void>()
        runs.set(runId, { jobId, runId, deadlineAt, yields, ended, settled })
      }
      const close = (runId: RunId) => {
        const run = runs.get(runId)
        runs.delete(runId)
        if (run !== undefined) Deferred.doneUnsafe(run.settled, Effect.void)
        tellFree()
      }
      const unopen = (runId: RunId) => {
        if (runs.delete(runId)) starting.add(runId)
      }
      const inSlot = <A, E>(runId: RunId, start: Effect.Effect<A, E>) =>
        Effect.suspend((): Effect.Effect<A, E | Refusal> => {
          if (stopping) return Effect.fail(isStopping())
          if (freeCount() <= 0) return Effect.fail(noSlot(maxConcurrent))
          starting.add(runId)
          return Effect.ensuring(
            start,
            Effect.sync(() => {
              if (starting.delete(runId)) tellFree()
            }),
          )
        })

      return OpenRuns.of({
        all: () => [...runs.values()],
        get: (runId) => runs.get(runId),
        open,
        unopen,
        close,
        inSlot,
        freeCount,
        refuseStarts: () => {
          stopping = true
        },
        onFree: (tell) => {
          tellFree = tell
        },
        deadlineAt: () => earliest(runs.values()),
      })
    }),
  )
}

const nobody = (): void => {}

const earliest = (runs: Iterable<OpenRunHandle>): EpochMs | undefined => {
  let first: EpochMs | undefined
  for (const { deadlineAt } of runs) {
    if (first === undefined || deadlineAt < first) first = deadlineAt
  }
  return first
}

const noSlot = (maxConcurrent: number) =>
  new Refusal({
    code: "capacity",
    message: `All ${maxConcurrent} slots are taken by runs that are open.`,
    received: maxConcurrent,
    expected: "a free slot",
    hint: "Try again when a run has ended, cancel one, or raise max_concurrent.",
  })

const isStopping = () =>
  new Refusal({
    code: "capacity",
    message: "The scheduler is stopping; it starts no more runs.",
    hint: "Ask again when it is back.",
  })
