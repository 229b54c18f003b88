import { jobStream } from "../../../events/stream.ts"
import { VersionConflict, type Batch, type ExpectedVersion } from "../event-log.ts"

/** What an append is checked against, before anything is written. */
export interface Standing {
  readonly versionOf: (stream: string) => number
  /** The job that holds a key now. */
  readonly keyHolder: (key: string) => string | undefined
}

/** Throws VersionConflict when somebody else was first. */
export const checkExpected = (batch: Batch, { versionOf, keyHolder }: Standing): void => {
  for (const { stream, version } of batch.expected) {
    const actual = versionOf(stream)
    if (!holds(version, actual)) throw new VersionConflict({ stream, expected: version, actual })
  }
  for (const key of keysOf(batch)) {
    const holder = keyHolder(key)
    if (holder === undefined) continue
    const stream = jobStream(holder)
    throw new VersionConflict({ stream, expected: "none", actual: versionOf(stream) })
  }
}

const holds = (expected: ExpectedVersion, actual: number): boolean => {
  if (expected === "any") return true
  if (expected === "none") return actual === 0
  if (expected === "exists") return actual > 0
  return actual === expected
}

/** A key is one job's at a time, whichever two streams two jobs would be added to. */
const keysOf = ({ facts }: Batch): ReadonlyArray<string> =>
  facts.flatMap(({ fact }) => (fact.type === "job.added" && fact.key !== null ? [fact.key] : []))
