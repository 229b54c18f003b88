import type { StoredRow } from "../../../../src/log/event-log.ts"
import type { CommitRecord } from "../../../../src/log/sql/store.ts"

/** A commit of as many facts as asked for, at a position. None: the answer to a refused command. */
export const commit = (firstPosition: number, factsCount = 1, text = "Grüße 🌦"): CommitRecord => ({
  firstPosition,
  previousHash: `hash-${firstPosition - 1}`,
  facts: Array.from({ length: factsCount }, (_, index) => row(firstPosition + index, text)),
  answer: { commandId: `command-${firstPosition}`, at: 7, bodyHash: "b", result: `"${text}"` },
})

const row = (position: number, text: string): StoredRow => ({
  position,
  stream: "clock",
  version: position,
  event_id: `command/${position}`,
  type: "clock.paused",
  schema: 1,
  at: 1_764_000_000_000,
  data: JSON.stringify({ text }),
  meta: "{}",
  body: null,
  salt: "s",
  data_hash: "d",
  meta_hash: "m",
  body_hash: null,
  hash: `hash-${position}`,
})

/** The same bytes, with one of them turned over. */
export const flipped = (bytes: Uint8Array, at: number): Buffer => {
  const copy = Buffer.from(bytes)
  copy[at] = (copy[at] ?? 0) ^ 0xff
  return copy
}
