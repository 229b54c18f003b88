import { Effect } from "effect"
import { DeliveryFailed, type Channel, type Message } from "./channel.ts"

/**
 * Hands an answer to its chat. It resolves only when the chat has it, and rejects only when it has
 * not. A thrown error may say `retryable`; otherwise it is worth trying again where no connection
 * came about, and on an idempotent channel wherever the network failed.
 */
export type ChannelFunction = (
  message: Message,
) => Promise<{ readonly receipt?: string } | undefined | void>

/** Makes a channel of a function of the program Horolog is part of. */
export const functionChannel = (options: {
  readonly kind: string
  /** Whether the same `deliveryId` sent twice arrives once. */
  readonly idempotent?: boolean
  readonly send: ChannelFunction
}): Channel => {
  const idempotent = options.idempotent ?? false
  return {
    kind: options.kind,
    idempotent,
    send: Effect.fn("FunctionChannel.send")(function* (message) {
      const sent = yield* Effect.tryPromise({
        try: async () => await options.send(message),
        catch: (thrown) => failed(options.kind, thrown, idempotent),
      })
      return { receipt: yield* receiptOf(options.kind, sent) }
    }),
  }
}

/** The chat has the answer by now, so a strange receipt is a fault of the function, not of the send. */
const receiptOf = (kind: string, sent: unknown): Effect.Effect<string | null> => {
  const receipt = isRecord(sent) ? sent["receipt"] : undefined
  if (typeof receipt === "string") return Effect.succeed(receipt)
  if (receipt === undefined || receipt === null) return Effect.succeed(null)
  return Effect.as(
    Effect.logWarning(`The channel ${kind} gave a receipt that is no text (${typeof receipt}).`),
    null,
  )
}

const failed = (kind: string, thrown: unknown, idempotent: boolean) => {
  const said = isRecord(thrown) ? thrown["retryable"] : undefined
  return DeliveryFailed.make({
    message: `The channel ${kind} failed: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
    retryable: typeof said === "boolean" ? said : mayRetry(thrown, idempotent),
  })
}

const mayRetry = (thrown: unknown, idempotent: boolean): boolean =>
  codesOf(thrown).some((code) => unreached.has(code) || (idempotent && interrupted.has(code)))

/** No connection came about, so nothing can have arrived. */
const unreached: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ENETUNREACH",
  "EHOSTUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
])

/** Something may have arrived before it broke. */
const interrupted: ReadonlySet<string> = new Set([
  "ECONNRESET",
  "ETIMEDOUT",
  "EPIPE",
  "UND_ERR_HEADERS_TIMEOUT",
  "UND_ERR_BODY_TIMEOUT",
  "UND_ERR_SOCKET",
])

/** The code of an error, and of what caused it. */
const codesOf = (thrown: unknown): ReadonlyArray<string> =>
  [thrown, isRecord(thrown) ? thrown["cause"] : undefined].flatMap((one) =>
    isRecord(one) && typeof one["code"] === "string" ? [one["code"]] : [],
  )

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null
