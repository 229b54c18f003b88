import type { FactOf, JobFact, RunFact } from "../events/fact.ts"
import type { Chat } from "../events/ids.ts"
import { jobOfStream, jobStream, runStream } from "../events/stream.ts"
import { gone, none, unchanged, type Folded, type Projection } from "./projection.ts"

/** One row per answer or alert that has not arrived yet: what a restart has to resume. */
export interface DeliveryRow {
  /** `<runId>/delivery`, or `<runId>/alert`. */
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

/** The id under which a chat is told how a run's job is doing. */
export const alertIdOf = (runId: string): string => `${runId}/alert`

/** Whether a delivery is of the run's answer, and not of an alert. */
export const isAnswer = (deliveryId: string): boolean => deliveryId.endsWith("/delivery")

/** `deliveries`: answers on their way. The row goes when the delivery has ended, however it did. */
export const deliveries: Projection<DeliveryRow, JobFact | RunFact> = {
  table: "deliveries",
  key: "id",
  keys: ({ fact }) => {
    if ("deliveryId" in fact) return [fact.deliveryId]
    if (fact.type === "run.succeeded") {
      return fact.deliverTo === null ? none : [deliveryIdOf(fact.runId)]
    }
    return isAlert(fact) && fact.runId !== undefined ? [alertIdOf(fact.runId)] : none
  },
  begins: ["run.succeeded", "alert.raised", "alert.cleared"],
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
    "alert.raised": (_row, recorded) => alerted(recorded),
    "alert.cleared": (_row, recorded) => alerted(recorded),
  },
}

type Alert = FactOf<"alert.raised"> | FactOf<"alert.cleared">

const isAlert = (fact: JobFact | RunFact): fact is Alert =>
  fact.type === "alert.raised" || fact.type === "alert.cleared"

const alerted = ({ fact, stream }: Folded<Alert>): DeliveryRow | undefined => {
  const { runId, deliverTo = null } = fact
  if (runId === undefined || deliverTo === null) return undefined
  return pending({ id: alertIdOf(runId), runId, stream, ...deliverTo })
}

const awaited = ({ fact, stream }: Folded<FactOf<"run.succeeded">>): DeliveryRow | undefined => {
  const { runId, deliverTo } = fact
  return deliverTo === null
    ? undefined
    : pending({ id: deliveryIdOf(runId), runId, stream, ...deliverTo })
}

interface Pending extends Chat {
  readonly id: string
  readonly runId: string
  readonly stream: string
}

const pending = ({ id, runId, stream, channel, chatId }: Pending): DeliveryRow => ({
  id,
  job_id: jobOfStream(stream) ?? stream,
  run_id: runId,
  channel,
  chat_id: chatId,
  attempt: 0,
  status: "pending",
})
