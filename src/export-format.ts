/**
 * A whole log as lines of JSON: a header, every fact as it is stored, the answers that commands got,
 * and an end. `digest` is the SHA-256 of all before the last line, as base64url.
 */
export const exportFormat = "horolog-export"
export const exportVersion = 1

/** The first line. `head` and `hash` are where the log stood when the export began. */
export interface ExportHeader {
  readonly format: typeof exportFormat
  readonly version: number
  readonly app: string
  readonly head: number
  readonly hash: string
}

/** What a command was answered, so that the same command gets it again from a restored log. */
export interface ExportAnswer {
  readonly command: string
  readonly body_hash: string
  readonly result: string
  readonly at: number
}

/** The last line: where the log really ends, and how many lines of each kind stand before it. */
export interface ExportEnd {
  readonly end: true
  readonly head: number
  readonly hash: string
  readonly facts: number
  readonly answers: number
  readonly digest: string
}
