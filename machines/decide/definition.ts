import type { DecideContext } from "../command.ts"
import { Refusal } from "../refusal.ts"

/** Absent, or nothing to be seen. */
export const blank = (text: string | null | undefined): text is undefined | null | "" =>
  text === undefined || text === null || text.trim() === ""

/** The name of a job that was given none: the beginning of its prompt. */
export const defaultName = (prompt: string): string =>
  Array.from(prompt.slice(0, 2 * nameLengthMax))
    .slice(0, nameLengthMax)
    .join("")

/** Counted in code points, of which none takes more than two places in a string. */
const nameLengthMax = 50

/** A job without a prompt has nothing to ask. */
export const promptProblem = (prompt: string): Refusal | undefined =>
  blank(prompt)
    ? new Refusal({
        code: "invalid-input",
        message: "prompt is required",
        received: prompt,
        expected: "what to ask, in words",
        hint: "Give the prompt that should run when the job is due.",
      })
    : undefined

/** Where an answer is to go must be there: a channel that is configured, and a chat in it. */
export const chatProblem = (
  { channel, chatId }: { readonly channel: string; readonly chatId: string },
  { channels }: DecideContext,
): Refusal | undefined => {
  if (!channels.includes(channel)) return unknownChannel(channel, channels)
  if (!blank(chatId)) return undefined
  return new Refusal({
    code: "invalid-input",
    message: "chat_id is required",
    received: chatId,
    expected: "the address of a chat in the channel",
    hint: "Give the chat the answer goes to, or leave channel and chat out for the calling chat.",
  })
}

const unknownChannel = (channel: string, channels: ReadonlyArray<string>): Refusal =>
  new Refusal({
    code: "unknown-channel",
    message: `Unknown channel ${JSON.stringify(channel)}.`,
    received: channel,
    expected: channels.length === 0 ? "a configured channel" : `one of ${channels.join(", ")}`,
    hint:
      channels.length === 0
        ? "No channel is configured; add one under [channels] in config.toml."
        : "Use a channel that is configured.",
    matches: channels,
  })
