import type { FactOf, JobFact, RunFact, SystemFact } from "../events/fact.ts"
import { jobOfStream, jobStream, runOfStream, runStream } from "../events/stream.ts"
import { cut } from "./cut.ts"
import { isAnswer } from "./deliveries.ts"
import { gone, none, unchanged, type Folded, type Projection } from "./projection.ts"

/** One row per attempt. */
export interface JobRunRow {
  readonly id: string
  readonly job_id: string
  readonly started_at: number
  readonly finished_at: number | null
  /** running, ok, error, timed-out, cancelled, interrupted or gated. */
  readonly status: string
  /** The first 8,000 code points of the answer, then `...[truncated]`. */
  readonly output: string | null
  readonly error: string | null
  readonly duration_ms: number | null
  readonly due_at: number
  readonly revision: number
  readonly attempt: number
  readonly trigger: string
  readonly late_ms: number
  readonly deadline_at: number
  readonly error_class: string | null
  readonly output_length: number | null
  readonly usage: string | null
  readonly boot_id: string
  readonly pid: number | null
  readonly process_started_at: number | null
  /** What became of the answer: pending, delivered, failed, unknown; null when none was to be sent. */
  readonly delivery: string | null
}

type Family = JobFact | RunFact | SystemFact
type Settled = Partial<JobRunRow> & { readonly status: string }

/** `job_runs`: one row per attempt, kept when its job is removed, until it is pruned. */
export const jobRuns: Projection<JobRunRow, Family> = {
  table: "job_runs",
  key: "id",
  keys: (recorded) => runsOf(recorded),
  begins: ["run.started"],
  shows: ["run.succeeded", "run.failed", "run.cancelled"],
  streams: ({ id, job_id }) => [jobStream(job_id), runStream(id)],
  handlers: {
    "run.started": (_row, recorded) => started(recorded),
    "run.succeeded": (row, recorded) => row && settled(row, recorded, succeeded(recorded.fact)),
    "run.failed": (row, recorded) =>
      row &&
      settled(row, recorded, {
        status: "error",
        error: recorded.fact.error.message,
        error_class: recorded.fact.error.class,
      }),
    "run.timed-out": (row, recorded) =>
      row &&
      settled(row, recorded, {
        status: "timed-out",
        error: `timed out after ${recorded.fact.durationMs} ms`,
      }),
    "run.cancelled": (row, recorded) =>
      row && settled(row, recorded, { status: "cancelled", error: recorded.fact.reason }),
    "run.gated": (row, recorded) =>
      row && settled(row, recorded, { status: "gated", output: recorded.fact.reason }),
    "run.interrupted": (row, recorded) =>
      row &&
      settled(row, recorded, {
        status: "interrupted",
        error: `interrupted: ${recorded.fact.reason}`,
      }),
    "run.answered-late": unchanged,
    "run.spawned": (row, { fact }) =>
      row && { ...row, pid: fact.pid, process_started_at: fact.processStartedAt },
    "delivery.attempted": unchanged,
    "delivery.succeeded": (row, { fact }) => arrived(row, fact, "delivered"),
    "delivery.failed": (row, { fact }) => arrived(row, fact, "failed"),
    "delivery.unknown": (row, { fact }) => arrived(row, fact, "unknown"),
    "runs.pruned": gone,
    "bodies.erased": unchanged,
    "scheduler.started": unchanged,
    "scheduler.stopped": unchanged,
    "job.added": unchanged,
    "job.updated": unchanged,
    "job.rescheduled": unchanged,
    "job.replanned": unchanged,
    "retry.planned": unchanged,
    "job.enabled": unchanged,
    "job.disabled": unchanged,
    "job.paused": unchanged,
    "job.resumed": unchanged,
    "job.disable-requested": unchanged,
    "job.removal-requested": unchanged,
    "job.removed": unchanged,
    "occurrences.queued": unchanged,
    "occurrences.skipped": unchanged,
    "alert.raised": unchanged,
    "alert.cleared": unchanged,
  },
}

/** What became of the answer; an alert that was sent about the run is another matter. */
const arrived = (
  row: JobRunRow | undefined,
  { deliveryId }: { readonly deliveryId: string },
  delivery: string,
): JobRunRow | undefined => (row && isAnswer(deliveryId) ? { ...row, delivery } : row)

/** A run is named by the fact, or by the stream it stands in. */
const runsOf = ({ fact, stream }: Folded<Family>): ReadonlyArray<string> => {
  if (fact.type === "runs.pruned") return fact.runIds
  if ("runId" in fact) return [fact.runId]
  const runId = runOfStream(stream)
  return runId === undefined ? none : [runId]
}

const started = ({ fact, at, stream }: Folded<FactOf<"run.started">>): JobRunRow => ({
  id: fact.runId,
  job_id: jobOfStream(stream) ?? stream,
  started_at: at,
  finished_at: null,
  status: "running",
  output: null,
  error: null,
  duration_ms: null,
  due_at: fact.dueAt,
  revision: fact.revision,
  attempt: fact.attempt,
  trigger: fact.trigger,
  late_ms: fact.lateMs,
  deadline_at: fact.deadlineAt,
  error_class: null,
  output_length: null,
  usage: null,
  boot_id: fact.bootId,
  pid: null,
  process_started_at: null,
  delivery: null,
})

type Settlement = Exclude<
  Extract<FactOf<`run.${string}` & Family["type"]>, { readonly runId: string }>,
  FactOf<"run.started" | "run.answered-late">
>

const settled = (
  row: JobRunRow,
  { fact, at }: Folded<Settlement>,
  outcome: Settled,
): JobRunRow => ({
  ...row,
  ...outcome,
  finished_at: at,
  // Nobody measured a run that was interrupted, and the wall clock may have stepped back since.
  duration_ms: "durationMs" in fact ? fact.durationMs : Math.max(0, at - row.started_at),
})

const succeeded = (fact: FactOf<"run.succeeded">): Settled => ({
  status: "ok",
  output: cut(fact.output),
  output_length: fact.outputLength,
  usage: fact.usage === null ? null : JSON.stringify(fact.usage),
  delivery: fact.deliverTo === null ? null : "pending",
})
