import { join } from "node:path"
import { Effect } from "effect"
import type { Random } from "../../random.ts"
import { LogFailed } from "../event-log.ts"
import { makeStore } from "../sql/make-store.ts"
import { openNative } from "../sql/native.ts"
import { openSqlJs } from "../sql/sqljs.ts"
import type { SqlEngine } from "../sql/engine.ts"
import type { Store } from "../sql/store.ts"
import { checkpointName } from "./checkpoint.ts"
import type { Disk } from "./disk.ts"
import { damaged, unreadable, writeFailed, writeRefused } from "./failure.ts"
import { openJournal } from "./journal.ts"
import {
  droppedFrom,
  findSegments,
  type FoundSegment,
  mend,
  type OpeningReport,
  placeAfter,
  readCheckpoint,
  replay,
} from "./open.ts"
import { unfinishedOf } from "./replace-file.ts"
import { firstPositionOf } from "./segment.ts"
import { nodeSqlite } from "./sqlite.ts"
import { foldWal, isUnfolded } from "./wal.ts"

/** What opening a folder needs. */
export interface Opening {
  readonly disk: Disk["Service"]
  readonly folder: string
  readonly random: Random["Service"]
}

/**
 * Opens a folder with SQLite in memory: the checkpoint, then the journal over it. Nothing is changed
 * before all of it has been read and found whole.
 */
export const openInMemory = Effect.fnUntraced(function* (opening: Opening) {
  const { disk, folder } = opening
  const segments = yield* findSegments(disk, folder)
  const wasUnfolded = yield* isUnfolded(disk, folder)
  if (wasUnfolded) yield* foldWal(folder)
  const image = yield* readCheckpoint(disk, folder)
  const { store } = yield* storeOf(opening, () => openSqlJs(image))
  const report = yield* replayed(store, segments)
  yield* mend(disk, folder, segments)
  const journal = yield* openJournal(disk, placeAfter(folder, segments, store.head()))
  yield* Effect.addFinalizer(() => journal.close)
  return { store, journal, report: { ...report, folded: wasUnfolded ? "wal" : undefined } as const }
})

/** Opens a folder with Node's SQLite on its file, into which a journal that is there is folded. */
export const openOnFile = Effect.fnUntraced(function* (opening: Opening) {
  const { disk, folder } = opening
  const segments = yield* findSegments(disk, folder)
  const path = join(folder, checkpointName)
  yield* refuseHeadless(disk, path, segments[0])
  yield* makeFile(disk, folder, path)
  // Loaded here for the first time, and without its warning.
  nodeSqlite()
  const { engine, store } = yield* storeOf(opening, () => openNative(path))
  const report = yield* replayed(store, segments)
  yield* removeSegments(disk, folder, segments)
  const hadFrames = segments.some(({ frames }) => frames.length > 0)
  return {
    engine,
    store,
    report: { ...report, folded: hadFrames ? "journal" : undefined } as const,
  }
})

const storeOf = Effect.fnUntraced(function* (
  { folder, random }: Opening,
  openEngine: () => Promise<SqlEngine>,
) {
  const catchAll = (cause: unknown) => notOpened(join(folder, checkpointName), cause)
  const engine = yield* Effect.acquireRelease(
    Effect.tryPromise({ try: openEngine, catch: catchAll }),
    (opened) => Effect.sync(opened.close),
  )
  const store = yield* Effect.try({ try: () => makeStore(engine, { random }), catch: catchAll })
  return { engine, store }
})

const notOpened = (path: string, cause: unknown): LogFailed =>
  cause instanceof LogFailed ? cause : damaged((cause as Error).message, path)

type Replayed = Omit<OpeningReport, "folded">

const replayed = (
  store: Store,
  segments: ReadonlyArray<FoundSegment>,
): Effect.Effect<Replayed, LogFailed> =>
  Effect.gen(function* () {
    const checkpointPosition = store.head()
    const replayedCount = yield* Effect.fromResult(replay(store, segments))
    yield* Effect.try({ try: store.commit, catch: writeRefused })
    const dropped = droppedFrom(segments)
    return { checkpointPosition, replayedCount, headPosition: store.head(), dropped }
  })

// Found out beforehand, for opening the engine would make the file.
const refuseHeadless = Effect.fnUntraced(function* (
  disk: Disk["Service"],
  path: string,
  first: FoundSegment | undefined,
) {
  const size = yield* Effect.mapError(disk.size(path), unreadable)
  const lastMissing = first === undefined ? 0 : firstPositionOf(first.name) - 1
  if (first === undefined || lastMissing === 0 || (size ?? 0) > 0) return
  return yield* damaged(`the facts 1 to ${lastMissing} before it are missing`, first.path, 0)
})

// Made by us, for SQLite would make it readable for others.
const makeFile = Effect.fnUntraced(
  function* (disk: Disk["Service"], folder: string, path: string) {
    const size = yield* Effect.mapError(disk.size(path), unreadable)
    if (size !== undefined) return
    const file = yield* disk.open(path)
    yield* file.close
    yield* disk.syncFolder(folder)
  },
  Effect.mapError((failure) => (failure instanceof LogFailed ? failure : writeFailed(failure))),
)

const removeSegments = Effect.fnUntraced(
  function* (disk: Disk["Service"], folder: string, segments: ReadonlyArray<FoundSegment>) {
    yield* disk.remove(unfinishedOf(join(folder, checkpointName)))
    if (segments.length === 0) return
    for (const { name } of segments) yield* disk.remove(join(folder, name))
    yield* disk.syncFolder(folder)
  },
  Effect.mapError(writeFailed),
  Effect.uninterruptible,
)
