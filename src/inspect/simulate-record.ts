import type { JobFact } from "../../events/fact.ts"
import type { EpochMs } from "../../events/time.ts"
import type { Peak, SimulatedOutcome, SimulatedRun, SkippedSpan } from "./simulate-answer.ts"
import type { LiveJob } from "./simulate-jobs.ts"

type Writable<Record> = { -readonly [Key in keyof Record]: Record[Key] }

/** What the simulation has seen so far. */
export interface SimulationRecord {
  readonly runs: ReadonlyArray<SimulatedRun>
  readonly skipped: ReadonlyArray<SkippedSpan>
  readonly peaks: () => ReadonlyArray<Peak>
  readonly take: (job: LiveJob, fact: JobFact, moment: Moment) => void
}

/** When a fact is recorded, by the wall clock and truly; and how long a run waited that it starts. */
interface Moment {
  readonly at: EpochMs
  readonly trueAt: EpochMs
  readonly waitedMs: number
}

/** Keeps what happens from `from` on. */
export const makeRecord = (from: EpochMs): SimulationRecord => {
  const runs: Array<SimulatedRun> = []
  const skipped: Array<SkippedSpan> = []
  const open = new Map<string, Writable<SimulatedRun>>()
  const peaks = makePeaks()

  const began = (job: LiveJob, fact: Started, moment: Moment): void => {
    const run = runOf(job, fact, moment)
    open.set(fact.runId, run)
    if (moment.trueAt < from) return
    runs.push(run)
    peaks.rise(moment.at, open)
  }
  const ended = (runId: string, outcome: SimulatedOutcome, at: EpochMs): void => {
    const run = open.get(runId)
    if (run === undefined) return
    open.delete(runId)
    run.outcome = outcome
    run.endedAt = at
    if (open.size === 0) peaks.close()
  }
  return {
    runs,
    skipped,
    peaks: peaks.all,
    take: (job, fact, moment) => {
      if (fact.type === "run.started") return began(job, fact, moment)
      const outcome = outcomes[fact.type]
      if (outcome !== undefined) return ended((fact as Ended).runId, outcome, moment.at)
      if (fact.type === "occurrences.skipped" && moment.trueAt >= from)
        skipped.push(spanOf(job, fact))
    },
  }
}

type Started = Extract<JobFact, { readonly type: "run.started" }>
type Ended = Extract<JobFact, { readonly type: "run.failed" }>

const outcomes: { readonly [Type in JobFact["type"]]?: SimulatedOutcome } = {
  "run.succeeded": "succeeded",
  "run.failed": "failed",
  "run.timed-out": "timed-out",
  "run.cancelled": "cancelled",
  "run.gated": "gated",
  "run.interrupted": "interrupted",
}

/** Whether a fact ends the run that it names. */
export const endsRun = (fact: JobFact): fact is Ended => outcomes[fact.type] !== undefined

const runOf = (
  { jobId, state }: LiveJob,
  { runId, dueAt, trigger, attempt, lateMs }: Started,
  { at, waitedMs }: Moment,
): Writable<SimulatedRun> => ({
  jobId,
  name: state.context.definition.name,
  runId,
  dueAt,
  startedAt: at,
  endedAt: null,
  trigger,
  attempt,
  lateMs,
  waitedMs,
  outcome: "open",
})

const spanOf = (
  { jobId, state }: LiveJob,
  { from, to, count, reason }: Extract<JobFact, { readonly type: "occurrences.skipped" }>,
): SkippedSpan => ({ jobId, name: state.context.definition.name, from, to, count, reason })

const peaksMax = 10

/** Of each time in which some run was always open, the height it came to first; the highest are kept. */
const makePeaks = () => {
  let kept: ReadonlyArray<Peak> = []
  let current: Peak | undefined
  const close = (): void => {
    if (current !== undefined && current.count > 1) kept = highest([...kept, current])
    current = undefined
  }
  const rise = (at: EpochMs, open: ReadonlyMap<string, SimulatedRun>): void => {
    if (current !== undefined && open.size <= current.count) return
    const jobIds = Array.from(open.values(), ({ jobId }) => jobId)
    current = { at, count: open.size, jobIds }
  }
  const all = (): ReadonlyArray<Peak> =>
    current !== undefined && current.count > 1 ? highest([...kept, current]) : kept
  return { close, rise, all }
}

const highest = (peaks: ReadonlyArray<Peak>): ReadonlyArray<Peak> =>
  peaks.toSorted((one, other) => other.count - one.count || one.at - other.at).slice(0, peaksMax)
