import type { FactOf, JobFact, RunFact } from "../events/fact.ts"
import { jobOfStream, jobStream, runStream } from "../events/stream.ts"
import { gone, none, unchanged, type Folded, type Projection } from "./projection.ts"

/** One row per answer that has not arrived yet: what a restart has to resume. */
export interface DeliveryRow {
  /** `<runId>/delivery`. */
  readonly id: string
  readonly job_id: string
  readonly run_id: string
  readonly channel: string
  readonly chat_id: string
  /** 0 before the first attempt. */
  readonly attempt: number
  /** pending, or attempted: an attempt was begun and its outcome is not known. */
  readonly status: string
}

/** The same through every attempt, so that a channel can tell a repetition. */
export const deliveryIdOf = (runId: string): string => `${runId}/delivery`

/** `deliveries`: answers on their way. The row goes when the delivery has ended, however it did. */
export const deliveries: Projection<DeliveryRow, JobFact | RunFact> = {
  table: "deliveries",
  key: "id",
  keys: ({ fact }) => {
    if ("deliveryId" in fact) return [fact.deliveryId]
    const awaited = fact.type === "run.succeeded" && fact.deliverTo !== null
    return awaited ? [deliveryIdOf(fact.runId)] : none
  },
  begins: ["run.succeeded"],
  shows: [],
  streams: ({ job_id, run_id }) => [jobStream(job_id), runStream(run_id)],
  handlers: {
    "run.succeeded": (_row, recorded) => awaited(recorded),
    "delivery.attempted": (row, { fact }) =>
      row && { ...row, attempt: fact.attempt, status: "attempted" },
    "delivery.succeeded": gone,
    "delivery.failed": gone,
    "delivery.unknown": gone,
    "run.spawned": unchanged,
    "run.started": unchanged,
    "run.failed": unchanged,
    "run.timed-out": unchanged,
    "run.cancelled": unchanged,
    "run.gated": unchanged,
    "run.interrupted": unchanged,
    "run.answered-late": unchanged,
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

const awaited = ({ fact, stream }: Folded<FactOf<"run.succeeded">>): DeliveryRow | undefined =>
  fact.deliverTo === null
    ? undefined
    : {
        id: deliveryIdOf(fact.runId),
        job_id: jobOfStream(stream) ?? stream,
        run_id: fact.runId,
        channel: fact.deliverTo.channel,
        chat_id: fact.deliverTo.chatId,
        attempt: 0,
        status: "pending",
      }
