import { join } from "node:path"
import { Effect, Result } from "effect"
import { UnreadableFact } from "../../../events/codec.ts"
import { LogFailed } from "../event-log.ts"
import type { CommitRecord, Store } from "../sql/store.ts"
import { checkpointName } from "./checkpoint.ts"
import type { Disk } from "./disk.ts"
import { damaged, unreadable, writeFailed } from "./failure.ts"
import { type Frame, recordIn } from "./frame.ts"
import type { JournalPlace } from "./journal.ts"
import { unfinishedOf } from "./replace-file.ts"
import { firstPositionOf, segmentNames, survey, type Survey } from "./segment.ts"

/** What opening found and did. */
export interface OpeningReport {
  /** The last position in `horolog.sqlite`; 0 when there is none. */
  readonly checkpointPosition: number
  /** The commits that were replayed from the journal, those the checkpoint held included. */
  readonly replayedCount: number
  /** The last position of the log as it is open now. */
  readonly headPosition: number
  /** The end of the journal that no one was told of: dropped. */
  readonly dropped: Dropped | undefined
  /** What the other engine left, and was taken in. */
  readonly folded: "journal" | "wal" | undefined
}

export interface Dropped {
  readonly file: string
  readonly offset: number
  readonly bytesCount: number
}

/** A segment, read and checked. */
export interface FoundSegment extends Survey {
  readonly name: string
  readonly path: string
  readonly bytes: Buffer
}

/**
 * Reads all segments and refuses damage to what was acknowledged, before anything is changed. Damage
 * at the very end of the last one is a tail that nobody was told of.
 */
export const findSegments = Effect.fnUntraced(function* (disk: Disk["Service"], folder: string) {
  const names = segmentNames(yield* Effect.mapError(disk.list(folder), unreadable))
  const found: Array<FoundSegment> = []
  for (const name of names) {
    const path = join(folder, name)
    const read = yield* Effect.mapError(disk.read(path), unreadable)
    const bytes = Buffer.from(read.buffer, read.byteOffset, read.byteLength)
    found.push({ name, path, bytes, ...survey(bytes) })
  }
  for (const [index, segment] of found.entries()) {
    const damage = damageOf(segment, index === found.length - 1)
    if (damage !== undefined) return yield* damage
  }
  return found
})

const damageOf = (segment: FoundSegment, isLast: boolean): LogFailed | undefined => {
  const { damagedAt, syncedTo, startsAt, path } = segment
  // A later segment is begun only once all before it is synced.
  if (!isLast && startsAt === undefined) return damaged("nothing in it is readable", path, 0)
  if (damagedAt === undefined || (isLast && damagedAt >= syncedTo)) return undefined
  return damaged("what was acknowledged here is not readable any more", path, damagedAt)
}

/**
 * Applies the segments to the store, by position: what is there already changes nothing. Everything
 * is in one transaction, which is the caller's to commit. Answers how many commits there were.
 */
export const replay = (
  store: Store,
  segments: ReadonlyArray<FoundSegment>,
): Result.Result<number, LogFailed> => {
  const gap = missingBetween(segments, store.head())
  if (gap !== undefined) return Result.fail(gap)
  let appliedCount = 0
  for (const segment of segments) {
    const before = gapBefore(store, firstPositionOf(segment.name))
    if (before !== undefined) return Result.fail(damaged(before, segment.path, 0))
    for (const frame of segment.frames) {
      const failure = applyFrame(store, segment, frame)
      if (failure !== undefined) return Result.fail(failure)
      appliedCount++
    }
  }
  return Result.succeed(appliedCount)
}

// Segments that a checkpoint has made superfluous may be gone in any order; others may not.
const missingBetween = (
  segments: ReadonlyArray<FoundSegment>,
  checkpointPosition: number,
): LogFailed | undefined => {
  for (const [index, segment] of segments.entries()) {
    const before = segments[index - 1]
    if (before?.startsAt === undefined || segment.startsAt === undefined) continue
    const follows = segment.startsAt === before.startsAt + before.wholeTo
    if (follows || firstPositionOf(segment.name) <= checkpointPosition + 1) continue
    return damaged(`what stood between ${before.name} and it is missing`, segment.path)
  }
  return undefined
}

const applyFrame = (
  store: Store,
  { bytes, path }: FoundSegment,
  frame: Frame,
): LogFailed | undefined => {
  try {
    const record = recordIn(bytes, frame)
    const gap = gapBefore(store, record.firstPosition) ?? brokenChain(store, record)
    if (gap !== undefined) return damaged(gap, path, frame.from)
    store.apply(record)
    return undefined
  } catch (cause) {
    return refusedBy(cause, path, frame.from)
  }
}

const refusedBy = (cause: unknown, file: string, offset: number): LogFailed => {
  if (cause instanceof UnreadableFact) {
    return new LogFailed({ reason: "unreadable", message: cause.message })
  }
  if (cause instanceof LogFailed && cause.reason !== "damaged") return cause
  return damaged(cause instanceof Error ? cause.message : String(cause), file, offset)
}

const gapBefore = (store: Store, firstPosition: number): string | undefined => {
  const next = store.head() + 1
  if (firstPosition <= next) return undefined
  return `the facts ${next} to ${firstPosition - 1} before it are missing`
}

const brokenChain = (store: Store, record: CommitRecord): string | undefined => {
  const isNext = record.firstPosition === store.head() + 1
  if (!isNext || record.previousHash === store.headHash()) return undefined
  return `fact ${record.firstPosition} does not follow the one before it`
}

/**
 * Makes the end of the journal whole and durable, so that writing can go on behind it. What is not
 * known to be synced is written again: after a failed sync the system may hold in memory what never
 * reached the disk.
 */
export const mend = Effect.fnUntraced(
  function* (disk: Disk["Service"], folder: string, segments: ReadonlyArray<FoundSegment>) {
    yield* disk.remove(unfinishedOf(join(folder, checkpointName)))
    const last = segments.at(-1)
    if (last === undefined) return
    const tail = tailOf(last)
    yield* Effect.acquireUseRelease(
      disk.open(last.path),
      Effect.fnUntraced(function* (file) {
        if (tail.length > 0) yield* file.write(tail, last.syncedTo)
        yield* file.truncate(last.syncedTo + tail.length)
        yield* file.sync
      }),
      (file) => file.close,
    )
    yield* disk.syncFolder(folder)
  },
  Effect.mapError(writeFailed),
  Effect.uninterruptible,
)

const tailOf = ({ bytes, syncedTo, wholeTo, remains }: FoundSegment): Buffer =>
  Buffer.concat([bytes.subarray(syncedTo, wholeTo), remains ?? Buffer.alloc(0)])

const lengthOf = ({ wholeTo, remains }: FoundSegment): number => wholeTo + (remains?.length ?? 0)

/** What `mend` cuts off. */
export const droppedFrom = (segments: ReadonlyArray<FoundSegment>): Dropped | undefined => {
  const last = segments.at(-1)
  if (last?.damagedAt === undefined) return undefined
  const offset = lengthOf(last)
  return { file: last.path, offset, bytesCount: last.bytes.length - offset }
}

/** Where the journal goes on after `mend`. */
export const placeAfter = (
  folder: string,
  segments: ReadonlyArray<FoundSegment>,
  headPosition: number,
): JournalPlace => {
  const lengths = segments.map((segment) => ({
    name: segment.name,
    lengthBytes: lengthOf(segment),
  }))
  const last = segments.findLast((segment) => segment.startsAt !== undefined)
  return {
    folder,
    segments: lengths,
    offset: last?.startsAt === undefined ? 0 : last.startsAt + lengthOf(last),
    nextPosition: headPosition + 1,
  }
}

/** The bytes of the checkpoint; undefined when there is none, or an empty one. */
export const readCheckpoint = Effect.fnUntraced(function* (disk: Disk["Service"], folder: string) {
  const path = join(folder, checkpointName)
  const size = yield* disk.size(path)
  return size === undefined || size === 0 ? undefined : yield* disk.read(path)
}, Effect.mapError(unreadable))
