import type { JobId } from "../events/ids.ts"
import type { DurationMs, EpochMs } from "../events/time.ts"

/**
 * How long after its due time a job starts: from 0 up to `jitterMs`, always the same for the same job,
 * so that its rhythm stays while many jobs of one time are spread out.
 */
export const jitterOf = (jobId: JobId, jitterMs: DurationMs): DurationMs =>
  jitterMs === 0 ? 0 : Math.floor((hashOf(jobId) / 2 ** 32) * (jitterMs + 1))

/** When to start what is due at `dueAt`: never so late that the next one would be due. */
export const wakeOf = (
  { dueAt, followedAt }: { readonly dueAt: EpochMs; readonly followedAt: EpochMs | undefined },
  offsetMs: DurationMs,
): EpochMs => {
  const latestAt = followedAt === undefined ? Infinity : followedAt - 1
  return Math.max(dueAt, Math.min(dueAt + offsetMs, latestAt))
}

/** FNV-1a over 32 bits, mixed once more: the ends of ids differ, and every digit of it counts. */
const hashOf = (text: string): number => {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  return (hash ^ (hash >>> 13)) >>> 0
}
