import { createStore } from "@xstate/store"
import { Context, Effect, Layer, Stream } from "effect"
import type { Recorded } from "../../events/envelope.ts"
import type { JobId, RunId } from "../../events/ids.ts"
import { jobOfStream } from "../../events/stream.ts"
import type { EpochMs } from "../../events/time.ts"
import { EventLog, type LogFailed } from "../log/event-log.ts"

/** What is going on right now, small enough to be one value. */
export interface BoardState {
  readonly position: number
  readonly clock: "stopped" | "ticking" | "paused"
  /** Jobs by the name of their state, as of the last count. */
  readonly counts: Readonly<Record<string, number>>
  readonly nextDueAt: EpochMs | null
  readonly running: Readonly<Record<RunId, { readonly jobId: JobId; readonly startedAt: EpochMs }>>
}

const empty: BoardState = {
  position: 0,
  clock: "stopped",
  counts: {},
  nextDueAt: null,
  running: {},
}

const settlements = new Set([
  "run.succeeded",
  "run.failed",
  "run.timed-out",
  "run.cancelled",
  "run.gated",
  "run.interrupted",
])

const makeBoardStore = () =>
  createStore({
    context: empty,
    on: {
      seen: (board, { recorded }: { recorded: Recorded }) => ({
        ...board,
        position: recorded.position,
        clock: clockAfter(board.clock, recorded),
        running: runningAfter(board.running, recorded),
      }),
      paused: (board) => ({ ...board, clock: "paused" as const }),
      counted: (board, counted: Pick<BoardState, "counts" | "nextDueAt">) => ({
        ...board,
        counts: counted.counts,
        nextDueAt: counted.nextDueAt,
      }),
    },
  })

/**
 * The live board: a store that follows the log, for whoever wants to look or to subscribe. Counting
 * all jobs is a question to the tables, asked only when somebody looks.
 */
export class Board extends Context.Service<
  Board,
  {
    readonly store: ReturnType<typeof makeBoardStore>
    /** The board with its counts renewed. */
    readonly look: Effect.Effect<BoardState, LogFailed>
  }
>()("horolog/views/Board") {
  static readonly layer = Layer.effect(
    Board,
    Effect.gen(function* () {
      const log = yield* EventLog
      const store = makeBoardStore()
      const [last] = yield* log.query(
        "SELECT type FROM events WHERE stream = 'clock' AND type IN ('clock.paused', 'clock.resumed') ORDER BY version DESC LIMIT 1",
      )
      // A pause outlives the process that was asked for it.
      if (last?.["type"] === "clock.paused") store.trigger.paused()

      yield* log.subscribe(yield* log.head).pipe(
        Stream.runForEach((recorded) => Effect.sync(() => store.trigger.seen({ recorded }))),
        Effect.tapError((error) => Effect.logWarning(`The board stands still: ${error.message}`)),
        Effect.forkScoped,
      )

      const look = Effect.gen(function* () {
        const states = yield* log.query(
          "SELECT state, count(*) AS count FROM scheduled_jobs GROUP BY state",
        )
        const [next] = yield* log.query("SELECT min(wake_at) AS at FROM scheduled_jobs")
        yield* log.durable
        store.trigger.counted({
          counts: Object.fromEntries(states.map((row) => [row["state"], Number(row["count"])])),
          nextDueAt: (next?.["at"] ?? null) as EpochMs | null,
        })
        return store.getSnapshot().context
      })
      return Board.of({ store, look })
    }),
  )
}

const clockAfter = (clock: BoardState["clock"], { fact }: Recorded): BoardState["clock"] => {
  switch (fact.type) {
    case "clock.started":
      return clock === "paused" ? "paused" : "ticking"
    case "clock.paused":
      return "paused"
    case "clock.resumed":
      return "ticking"
    case "scheduler.stopped":
      return clock === "paused" ? "paused" : "stopped"
    default:
      return clock
  }
}

const runningAfter = (running: BoardState["running"], { stream, at, fact }: Recorded) => {
  const jobId = jobOfStream(stream)
  if (jobId !== undefined && fact.type === "run.started") {
    return { ...running, [fact.runId]: { jobId, startedAt: at } }
  }
  if (!("runId" in fact) || !settlements.has(fact.type)) return running
  const { [fact.runId]: _settled, ...others } = running
  return others
}
