import { resolve } from "node:path"
import { Effect, Result, Semaphore } from "effect"
import { appendDurably, type AppendTarget } from "./append.ts"
import { block } from "./block.ts"
import { DeliveryFailed, type Channel, type Message } from "./channel.ts"

/** `path`: one file for all. `folder`: a file for each chat, `<chatId>.txt`. */
export type FileChannelOptions = { readonly path: string } | { readonly folder: string }

/**
 * Appends answers to files. An answer is delivered once it is on the disk; one that could be written
 * in part only is taken back. Missing folders are made.
 */
export const fileChannel = (options: FileChannelOptions): Channel => {
  const place = "path" in options ? resolve(options.path) : resolve(options.folder)
  const targetOf = "path" in options ? always(place) : within(place)
  // One append after the other: what is taken back must not have another answer behind it.
  const turn = Semaphore.makeUnsafe(1)
  return {
    kind: "file",
    idempotent: false,
    send: Effect.fn("FileChannel.send")(function* (message) {
      const target = yield* Effect.fromResult(targetOf(message))
      yield* append(target, block(message)).pipe(turn.withPermits(1))
      return { receipt: null }
    }),
  }
}

type TargetOf = (message: Message) => Result.Result<AppendTarget, DeliveryFailed>

const always =
  (file: string): TargetOf =>
  () =>
    Result.succeed({ file, followLinks: true })

const within =
  (folder: string): TargetOf =>
  ({ chatId }) =>
    chatName.test(chatId)
      ? Result.succeed({ file: resolve(folder, `${chatId}.txt`), followLinks: false })
      : Result.fail(notAName(chatId))

/** A name and never a path: it cannot leave the folder, hide in it, or be taken for an option. */
const chatName = /^[\p{L}\p{N}_][\p{L}\p{N}\p{M}_ .@+-]{0,99}$/u

/** Not interruptible: half an answer, or one without its proof, helps nobody. */
const append = (target: AppendTarget, text: string) =>
  Effect.uninterruptible(
    Effect.tryPromise({
      try: () => appendDurably(target, text),
      catch: (error) => failed(target.file, error as NodeJS.ErrnoException),
    }),
  )

const notAName = (chatId: string) =>
  DeliveryFailed.make({
    message: `${JSON.stringify(chatId)} cannot be the name of a file. Expected a chat_id of at most 100 letters, digits, spaces and _ . @ + - that begins with a letter, a digit or _.`,
    retryable: false,
  })

const failed = (file: string, error: NodeJS.ErrnoException) =>
  DeliveryFailed.make({
    message: `The answer could not be appended to ${file}: ${error.message}`,
    retryable: passing.has(error.code ?? ""),
  })

/** What may be over in a while: no space, no handles, a disk that is busy or away. */
const passing = new Set(["ENOSPC", "EDQUOT", "EMFILE", "ENFILE", "EAGAIN", "EBUSY", "ESTALE"])
