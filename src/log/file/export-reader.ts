import { createHash } from "node:crypto"
import { createReadStream } from "node:fs"

/** A line of an export, and where it stands. */
export interface ExportLine {
  readonly number: number
  readonly text: string
  /** The digest of all the lines before this one, as base64url. */
  readonly digestBefore: () => string
}

const newline = 0x0a

/** The lines of a file, of which only one is held at a time. */
export async function* linesOf(file: string): AsyncGenerator<ExportLine, void, undefined> {
  const digest = createHash("sha256")
  let number = 0
  for await (const line of rawLines(file)) {
    number += 1
    const before = digest.copy()
    digest.update(line).update("\n")
    yield {
      number,
      text: line.toString("utf8"),
      digestBefore: () => before.copy().digest("base64url"),
    }
  }
}

/** Split at newlines and nothing else: text in JSON may hold the other ends of lines there are. */
async function* rawLines(file: string): AsyncGenerator<Buffer, void, undefined> {
  let parts: Array<Buffer> = []
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    let from = 0
    for (let at = chunk.indexOf(newline); at !== -1; at = chunk.indexOf(newline, from)) {
      yield Buffer.concat([...parts, chunk.subarray(from, at)])
      parts = []
      from = at + 1
    }
    if (from < chunk.length) parts.push(chunk.subarray(from))
  }
  if (parts.length > 0) yield Buffer.concat(parts)
}
