import { Context, Effect, Layer } from "effect"
import type { FactOf } from "../../events/fact.ts"
import { erased } from "../../events/text.ts"
import type { Chat, DeliveryId, JobId, RunId } from "../../events/ids.ts"
import { runStream } from "../../events/stream.ts"
import { Channels, DeliveryFailed, type Channel } from "../channels/channel.ts"
import { Clock } from "../clock/clock.ts"
import type { LogFailed } from "../log/event-log.ts"
import { Heads } from "./heads.ts"
import { Recorder } from "./recorder.ts"

/** An answer, or an alert, that is to arrive in a chat. */
export interface Delivery extends Chat {
  /** The same through every attempt. */
  readonly deliveryId: DeliveryId
  readonly jobId: JobId
  readonly runId: RunId
  readonly text: string
  /** Attempts that were begun before; 0 for a new answer. */
  readonly attempt: number
}

type DeliveryFact = FactOf<
  "delivery.attempted" | "delivery.succeeded" | "delivery.failed" | "delivery.unknown"
>

/** How long a channel may take for one attempt. */
const sendTimeoutMs = 60_000

/** Waits between attempts at one delivery; after the last one it has failed. */
const retryDelaysMs = [5_000, 30_000, 120_000] as const

/**
 * Brings answers to their chats. That an attempt is made is durable before anything is sent, so a
 * crash can leave doubt about one attempt, and never an answer that nobody knows of.
 */
export class Deliverer extends Context.Service<
  Deliverer,
  { readonly deliver: (delivery: Delivery) => Effect.Effect<void, LogFailed> }
>()("horolog/engine/Deliverer") {
  static readonly layer = Layer.effect(
    Deliverer,
    Effect.gen(function* () {
      const channels = yield* Channels
      const clock = yield* Clock
      const { put, send } = yield* makeSend

      /** Nobody knows whether it arrived: told again only where a repetition does not show. */
      const silent = (channel: Channel, delivery: Delivery): Effect.Effect<void, LogFailed> =>
        channel.idempotent
          ? failed(channel, delivery, tookTooLong)
          : Effect.asVoid(put(delivery, { type: "delivery.unknown", ...fieldsOf(delivery) }))

      const attempt = (channel: Channel, delivery: Delivery): Effect.Effect<void, LogFailed> =>
        Effect.gen(function* () {
          const fields = fieldsOf(delivery)
          yield* put(delivery, { type: "delivery.attempted", ...fields })
          const sent = Effect.map(send(channel, delivery), ({ receipt }) => ({ receipt }))
          const timeUp = Effect.as(clock.sleep(sendTimeoutMs), undefined)
          yield* Effect.raceFirst(sent, timeUp).pipe(
            Effect.flatMap((outcome) =>
              outcome === undefined
                ? silent(channel, delivery)
                : put(delivery, { type: "delivery.succeeded", ...fields, ...outcome }),
            ),
            Effect.asVoid,
            Effect.catchTag("DeliveryFailed", (failure) => failed(channel, delivery, failure)),
          )
        })

      const failed = (
        channel: Channel,
        delivery: Delivery,
        { message, retryable }: DeliveryFailed,
      ): Effect.Effect<void, LogFailed> => {
        const delayMs = retryDelaysMs[delivery.attempt - 1]
        if (!retryable || delayMs === undefined) return giveUp(delivery, message)
        return Effect.andThen(
          clock.sleep(delayMs),
          attempt(channel, { ...delivery, attempt: delivery.attempt + 1 }),
        )
      }
      const giveUp = (delivery: Delivery, error: string) =>
        Effect.asVoid(put(delivery, { type: "delivery.failed", ...fieldsOf(delivery), error }))

      const deliver = Effect.fn("Deliverer.deliver")(function* (delivery: Delivery) {
        const channel = channels.get(delivery.channel)
        const next = { ...delivery, attempt: delivery.attempt + 1 }
        if (delivery.text === erased) {
          return yield* giveUp(next, "The text was erased before it was delivered.")
        }
        if (channel === undefined) {
          const there = channels.kinds.join(", ")
          return yield* giveUp(
            next,
            `No channel ${delivery.channel} is configured; there are: ${there}.`,
          )
        }
        if (delivery.attempt > 0 && !channel.idempotent) {
          yield* put(delivery, { type: "delivery.unknown", ...fieldsOf(delivery) })
          return
        }
        return yield* attempt(channel, next)
      })

      return Deliverer.of({ deliver })
    }),
  )
}

/** Hands a message to its channel, and records what became of it. */
const makeSend = Effect.gen(function* () {
  const heads = yield* Heads
  const record = yield* Recorder

  const put = (delivery: Delivery, fact: DeliveryFact) =>
    record({
      commandId: `${fact.type}/${fact.deliveryId}/${fact.attempt}`,
      name: "deliver",
      stream: runStream(delivery.runId),
      fact,
      correlationId: delivery.runId,
    })

  const send = Effect.fnUntraced(
    function* (channel: Channel, delivery: Delivery) {
      const { state } = yield* heads.get(delivery.jobId)
      const { deliveryId, jobId, runId, chatId, text } = delivery
      const jobName = state.context.definition.name
      return yield* channel.send({ deliveryId, jobId, jobName, runId, chatId, text })
    },
    Effect.catchTag("UnreadableFact", Effect.die),
    Effect.catchDefect((defect) => Effect.fail(brokenChannel(defect))),
  )

  return { put, send }
})

const tookTooLong = new DeliveryFailed({
  message: `The channel did not answer within ${sendTimeoutMs / 1000} s.`,
  retryable: true,
})

const brokenChannel = (defect: unknown) =>
  new DeliveryFailed({ message: `The channel broke: ${String(defect)}`, retryable: false })

const fieldsOf = ({ deliveryId, jobId, channel, chatId, attempt }: Delivery) => ({
  jobId,
  deliveryId,
  channel,
  chatId,
  attempt,
})
