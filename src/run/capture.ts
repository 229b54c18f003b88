import type { Readable } from "node:stream"

/** What a program has written so far. */
export interface Capture {
  readonly text: () => string
}

/** Keeps all of a stream, up to a bound; beyond it `onOverflow` is called once and no more is kept. */
export const captureAll = (stream: Readable, bytesMax: number, onOverflow: () => void): Capture => {
  const chunks: Array<Buffer> = []
  let byteCount = 0
  stream.on("data", (chunk: Buffer) => {
    const fitted = byteCount <= bytesMax
    byteCount += chunk.length
    if (byteCount <= bytesMax) chunks.push(chunk)
    else if (fitted) onOverflow()
  })
  // Decoded as a whole: a character may stand across the border of two chunks.
  return { text: () => Buffer.concat(chunks).toString("utf8") }
}

/** Keeps the last characters of a stream. */
export const captureEnd = (stream: Readable, charactersMax: number): Capture => {
  // No character of UTF-8 is longer than four bytes.
  const bytesMax = charactersMax * 4
  let end = Buffer.alloc(0)
  stream.on("data", (chunk: Buffer) => {
    end = Buffer.concat([end, chunk]).subarray(-bytesMax)
  })
  return { text: () => lastCharacters(end.toString("utf8"), charactersMax) }
}

/** The last code points of a text; never half of one. */
export const lastCharacters = (text: string, charactersMax: number): string =>
  Array.from(text.slice(-2 * charactersMax))
    .slice(-charactersMax)
    .join("")

/** The text without the newlines a program ends its output with, as a shell takes it. */
export const withoutLastNewlines = (text: string): string => {
  let end = text.length
  while (end > 0 && (text[end - 1] === "\n" || text[end - 1] === "\r")) end -= 1
  return text.slice(0, end)
}
