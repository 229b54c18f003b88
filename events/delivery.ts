import { Schema } from "effect"
import { Chat, DeliveryId, JobId } from "./ids.ts"
import { EpochMs } from "./time.ts"

/** The run's agent is this process; recorded so that a later boot can end what is left of it. */
export const RunSpawned = Schema.Struct({
  type: Schema.tag("run.spawned"),
  jobId: JobId,
  pid: Schema.Int,
  processStartedAt: Schema.NullOr(EpochMs),
})

const delivery = { jobId: JobId, deliveryId: DeliveryId, ...Chat.fields, attempt: Schema.Int }

/** Durable before anything is sent: from here on the chat may hold the answer. */
export const DeliveryAttempted = Schema.Struct({
  type: Schema.tag("delivery.attempted"),
  ...delivery,
})

export const DeliverySucceeded = Schema.Struct({
  type: Schema.tag("delivery.succeeded"),
  ...delivery,
  receipt: Schema.NullOr(Schema.String),
})

export const DeliveryFailed = Schema.Struct({
  type: Schema.tag("delivery.failed"),
  ...delivery,
  error: Schema.String,
})

/** An attempt without an outcome, on a channel that cannot tell a repetition: not sent again. */
export const DeliveryUnknown = Schema.Struct({ type: Schema.tag("delivery.unknown"), ...delivery })
