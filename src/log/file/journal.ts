import { join } from "node:path"
import { Effect, Semaphore } from "effect"
import type { LogFailed } from "../event-log.ts"
import type { CommitRecord } from "../sql/store.ts"
import type { Disk, DiskFailed, DiskFile } from "./disk.ts"
import { writeFailed } from "./failure.ts"
import { encodeGroup } from "./frame.ts"
import { segmentName } from "./segment.ts"

/** The write-ahead journal. One group is in flight at a time. */
export interface Journal {
  /** Writes a group and syncs it. After a failure every further call fails the same. */
  readonly append: (records: ReadonlyArray<CommitRecord>) => Effect.Effect<void, LogFailed>
  /** Goes on in a new segment, from between two groups. */
  readonly rotate: Effect.Effect<void, LogFailed>
  /** Removes the segments before the present one. */
  readonly removeOlder: Effect.Effect<void, LogFailed>
  /** Removes all segments: the checkpoint holds everything, and nothing more is written. */
  readonly removeAll: Effect.Effect<void, LogFailed>
  /** The bytes of all segments. */
  readonly sizeBytes: () => number
  /** Ends the journal: from here on every call fails with this. */
  readonly fail: (failure: LogFailed) => void
  readonly failure: () => LogFailed | undefined
  readonly close: Effect.Effect<void>
}

/** Where writing goes on: after what opening found. */
export interface JournalPlace {
  readonly folder: string
  /** The segments that are there, oldest first; the last one is written on. */
  readonly segments: ReadonlyArray<{ readonly name: string; readonly lengthBytes: number }>
  /** The offset of the journal at which the last segment ends. */
  readonly offset: number
  readonly nextPosition: number
}

interface Segment {
  readonly name: string
  readonly file: DiskFile
  lengthBytes: number
}

interface Writing {
  readonly disk: Disk["Service"]
  readonly folder: string
  older: ReadonlyArray<{ readonly name: string; readonly lengthBytes: number }>
  current: Segment | undefined
  offset: number
  nextPosition: number
  failure: LogFailed | undefined
}

/** Opens the journal for writing. The first segment is made by the first group, not before. */
export const openJournal = Effect.fnUntraced(function* (
  disk: Disk["Service"],
  { folder, segments, offset, nextPosition }: JournalPlace,
) {
  const last = segments.at(-1)
  const current =
    last === undefined ? undefined : { ...last, file: yield* disk.open(join(folder, last.name)) }
  const older = segments.slice(0, -1)
  const failure = undefined
  return journalOf({ disk, folder, older, current, offset, nextPosition, failure })
}, Effect.mapError(writeFailed))

const journalOf = (writing: Writing): Journal => {
  const oneInFlight = Semaphore.makeUnsafe(1).withPermits(1)
  const guarded = (work: Effect.Effect<void, DiskFailed>): Effect.Effect<void, LogFailed> =>
    Effect.uninterruptible(oneInFlight(unlessFailed(writing, work)))
  return {
    append: (records) => guarded(append(writing, records)),
    rotate: guarded(Effect.suspend(() => rotate(writing))),
    removeOlder: guarded(Effect.suspend(() => removeOlder(writing))),
    removeAll: guarded(Effect.suspend(() => removeAll(writing))),
    sizeBytes: () => sizeBytes(writing),
    fail: (failure) => {
      writing.failure ??= failure
    },
    failure: () => writing.failure,
    close: Effect.suspend(() => writing.current?.file.close ?? Effect.void),
  }
}

const unlessFailed = (
  writing: Writing,
  work: Effect.Effect<void, DiskFailed>,
): Effect.Effect<void, LogFailed> =>
  Effect.suspend(() => {
    if (writing.failure !== undefined) return Effect.fail(writing.failure)
    return Effect.mapError(work, (failure) => (writing.failure = writeFailed(failure)))
  })

const append = Effect.fnUntraced(function* (
  writing: Writing,
  records: ReadonlyArray<CommitRecord>,
) {
  const last = records.at(-1)
  if (last === undefined) return
  const segment = writing.current ?? (yield* begin(writing))
  yield* writeGroup(writing, segment, records)
  writing.nextPosition = last.firstPosition + last.facts.length
})

const writeGroup = Effect.fnUntraced(function* (
  writing: Writing,
  segment: Segment,
  records: ReadonlyArray<CommitRecord>,
) {
  const { offset, nextPosition } = writing
  const bytes = encodeGroup(records, { offset, syncedTo: offset, firstPosition: nextPosition })
  yield* segment.file.write(bytes, segment.lengthBytes)
  yield* segment.file.sync
  segment.lengthBytes += bytes.length
  writing.offset += bytes.length
})

// The name must be durable before anything in the file counts.
const begin = Effect.fnUntraced(function* (writing: Writing) {
  const { disk, folder, nextPosition, older } = writing
  const name = segmentName(
    nextPosition,
    older.map((segment) => segment.name),
  )
  const file = yield* disk.open(join(folder, name))
  yield* disk.syncFolder(folder)
  writing.current = { name, file, lengthBytes: 0 }
  return writing.current
})

const rotate = Effect.fnUntraced(function* (writing: Writing) {
  const { current } = writing
  if (current === undefined) return
  writing.older = [...writing.older, { name: current.name, lengthBytes: current.lengthBytes }]
  writing.current = undefined
  yield* current.file.close
  // A group without records: proof that everything before this segment was synced.
  yield* writeGroup(writing, yield* begin(writing), [])
})

const removeOlder = Effect.fnUntraced(function* (writing: Writing) {
  const { disk, folder, older } = writing
  if (older.length === 0) return
  for (const { name } of older) yield* disk.remove(join(folder, name))
  yield* disk.syncFolder(folder)
  writing.older = []
})

const removeAll = Effect.fnUntraced(function* (writing: Writing) {
  const { current } = writing
  if (current === undefined) return
  writing.older = [...writing.older, current]
  writing.current = undefined
  yield* current.file.close
  yield* removeOlder(writing)
})

const sizeBytes = ({ older, current }: Writing): number =>
  older.reduce((sum, segment) => sum + segment.lengthBytes, current?.lengthBytes ?? 0)
