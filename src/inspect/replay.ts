import { Effect } from "effect"
import type { UnreadableFact } from "../../events/codec.ts"
import type { Recorded } from "../../events/envelope.ts"
import type { JobFact } from "../../events/fact.ts"
import type { JobId } from "../../events/ids.ts"
import { jobOfStream, jobStream, runStream, systemStream } from "../../events/stream.ts"
import type { EpochMs } from "../../events/time.ts"
import type { JobState } from "../../machines/state.ts"
import { evolve, initial } from "../../machines/table.ts"
import type { Tables } from "../../projections/all.ts"
import type { EventLog, LogFailed } from "../log/event-log.ts"
import { eachPage } from "./pages.ts"
import { makeShadow, type Shadow } from "./shadow.ts"

type Log = EventLog["Service"]

/** A moment in the life of the log. Neither position nor time: now. */
export interface Moment {
  /** Right after this position. */
  readonly position?: number
  /** When the wall clock last read this, or less. */
  readonly at?: EpochMs
  /** Only this job and its runs. */
  readonly jobId?: JobId
}

/** Everything as it was at a moment. Texts that were erased since are not in it. */
export interface Replayed {
  readonly position: number
  /** When the last fact before the moment was recorded; null: there was none. */
  readonly at: EpochMs | null
  readonly tables: Tables
  /** By job, also those that were removed by then. */
  readonly states: ReadonlyMap<JobId, JobState>
}

/** The tables, and the states of the machines, as they were: folded from facts, running nothing. */
export const replay = Effect.fn("replay")(function* (
  log: Log,
  moment: Moment = {},
): Effect.fn.Return<Replayed, LogFailed | UnreadableFact> {
  const upTo = yield* positionOf(log, moment)
  const fold = makeFold()
  const { jobId } = moment
  if (jobId === undefined) yield* eachPage(log.read, { after: 0, upTo }, fold.page)
  else fold.page(yield* factsOf(log, jobId, upTo))
  const { tables } = fold.shadow
  return { position: upTo, at: yield* timeOf(log, upTo), tables: tables(), states: fold.states }
})

/** The position of a moment: never beyond the log. */
export const positionOf = Effect.fnUntraced(function* (log: Log, { position, at }: Moment) {
  const head = yield* log.head
  const asked = Math.max(0, Math.min(position ?? head, head))
  if (at === undefined) return asked
  const [row] = yield* log.query(
    "SELECT max(position) AS position FROM events WHERE at <= ? AND position <= ?",
    [at, asked],
  )
  return Number(row?.["position"] ?? 0)
})

const timeOf = Effect.fnUntraced(function* (log: Log, upTo: number) {
  const [last] = yield* log.rows({ upTo, direction: "backward", limit: 1 })
  return last?.at ?? null
})

interface Fold {
  readonly shadow: Shadow
  readonly states: Map<JobId, JobState>
  readonly page: (page: ReadonlyArray<Recorded>) => void
}

const makeFold = (): Fold => {
  const shadow = makeShadow()
  const states = new Map<JobId, JobState>()
  const evolveJob = ({ stream, fact }: Recorded): void => {
    const jobId = jobOfStream(stream)
    if (jobId === undefined) return
    states.set(jobId, evolve(states.get(jobId) ?? initial, fact as JobFact))
  }
  const page = (recorded: ReadonlyArray<Recorded>): void => {
    for (const one of recorded) {
      shadow.fold(one)
      evolveJob(one)
    }
  }
  return { shadow, states, page }
}

/** What happened to a job and its runs, in the order in which it did. */
const factsOf = Effect.fnUntraced(function* (log: Log, jobId: JobId, upTo: number) {
  const ofJob = yield* log.read({ stream: jobStream(jobId), upTo })
  const runIds = ofJob.flatMap(({ fact }) => (fact.type === "run.started" ? [fact.runId] : []))
  const ofRuns = yield* Effect.forEach(runIds, (runId) =>
    log.read({ stream: runStream(runId), upTo }),
  )
  const ofSystem = yield* log.read({ stream: systemStream, upTo })
  return [...ofJob, ...ofRuns.flat(), ...ofSystem].toSorted(
    (one, other) => one.position - other.position,
  )
})
