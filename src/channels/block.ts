import type { Message } from "./channel.ts"

/** An answer as people read it among others: whose it is, then the text, then an empty line. */
export const block = ({ jobName, chatId, runId, text }: Message): string =>
  `[${oneLine(jobName)}] to ${oneLine(chatId)} (${runId})\n${withNewline(text)}\n`

/** Names come from prompts and may hold anything; the head of a block is one line. */
const oneLine = (text: string): string => text.replaceAll(/\s+/g, " ").trim()

const withNewline = (text: string): string => (text.endsWith("\n") ? text : `${text}\n`)
