import type { Refusal } from "../../machines/refusal.ts"

/** What a model gets: words, and the same as data. */
export interface ToolResult {
  readonly success: boolean
  readonly output: string
  /** Why not; null when it worked. */
  readonly error: string | null
  readonly structured: unknown
}

/** A refusal as a result: what was wrong, what was received, and how to mend it. */
export const failed = (refusal: Refusal): ToolResult => {
  const { code, message, received, expected, hint, allowed, matches } = refusal
  const told = { code, message, received, expected, hint, allowed, matches }
  return {
    success: false,
    output: [
      ...(expected === undefined ? [] : [`Expected: ${expected}.`]),
      ...(received === undefined ? [] : [`Received: ${shortly(received)}.`]),
      ...(hint === undefined ? [] : [hint]),
      ...(matches === undefined || matches.length === 0 ? [] : [choices(refusal)]),
    ].join("\n"),
    error: message,
    structured: Object.fromEntries(Object.entries(told).filter(([, part]) => part !== undefined)),
  }
}

const receivedMax = 300

const shortly = (received: unknown): string => {
  const text = JSON.stringify(received) ?? String(received)
  return text.length > receivedMax ? `${text.slice(0, receivedMax)}...` : text
}

const choices = ({ code, matches = [] }: Refusal): string =>
  `${code === "unknown-channel" ? "Channels" : "Near matches"}: ${matches.join(", ")}.`
