import type { Writable } from "node:stream"
import { stripVTControlCharacters } from "node:util"
import { Effect } from "effect"
import { block } from "./block.ts"
import { DeliveryFailed, type Channel } from "./channel.ts"

/**
 * Prints answers in the terminal that serves, as they come. An answer is delivered once the stream
 * has taken all of it; whether somebody looks is not for us to know.
 */
export const cliChat = (output: Writable): Channel => ({
  kind: "cli_chat",
  idempotent: false,
  send: Effect.fn("CliChat.send")(function* (message) {
    yield* print(output, withoutControls(block(message)))
    return { receipt: null }
  }),
})

/** In one write, so that two answers never stand in one another. */
const print = (output: Writable, text: string): Effect.Effect<void, DeliveryFailed> =>
  Effect.callback((resume) => {
    if (output.destroyed || output.writableEnded) return resume(Effect.fail(gone))
    // A stream that fails tells its callback and then everybody; without a listener that ends us.
    output.once("error", heard)
    output.write(text, (error) => {
      if (error) return resume(Effect.fail(failed(error)))
      output.removeListener("error", heard)
      resume(Effect.void)
    })
  })

const heard = () => {}

/** An answer may hold anything, and a terminal obeys: it is shown, and commands nothing. */
const withoutControls = (text: string): string =>
  stripVTControlCharacters(text).replaceAll("\r\n", "\n").replaceAll(controls, "")

// eslint-disable-next-line no-control-regex -- Control characters are what this is about.
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g

const gone = DeliveryFailed.make({
  message: "Nothing is printed: the terminal this process was started in is closed.",
  retryable: false,
})

const failed = (error: NodeJS.ErrnoException) =>
  DeliveryFailed.make({
    message: `The answer could not be printed: ${error.message}`,
    retryable: error.code === "EAGAIN",
  })
