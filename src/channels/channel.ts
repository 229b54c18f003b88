import { Context, Schema, type Effect } from "effect"
import type { DeliveryId, JobId, RunId } from "../../events/ids.ts"

/** An answer on its way to a chat. */
export interface Message {
  readonly deliveryId: DeliveryId
  readonly jobId: JobId
  readonly jobName: string
  readonly runId: RunId
  readonly chatId: string
  readonly text: string
}

/** Nothing reached the chat. `retryable`: trying again may help. */
export class DeliveryFailed extends Schema.TaggedError<DeliveryFailed>()("DeliveryFailed", {
  message: Schema.String,
  retryable: Schema.Boolean,
}) {}

/** A kind of place where answers go. A success is proof that the chat holds the message. */
export interface Channel {
  readonly kind: string
  /** Whether the same `deliveryId` sent twice arrives once. */
  readonly idempotent: boolean
  readonly send: (
    message: Message,
  ) => Effect.Effect<{ readonly receipt: string | null }, DeliveryFailed>
}

/** The channels that are configured, by kind. */
export class Channels extends Context.Service<
  Channels,
  {
    readonly kinds: ReadonlyArray<string>
    readonly get: (kind: string) => Channel | undefined
  }
>()("horolog/channels/Channels") {}
