import { join } from "node:path"
import { Effect } from "effect"
import type { LogFailed } from "../event-log.ts"
import type { Store } from "../sql/store.ts"
import type { Disk, DiskFailed } from "./disk.ts"
import { writeFailed } from "./failure.ts"
import type { Journal } from "./journal.ts"

export const checkpointName = "horolog.sqlite"
export const unfinishedName = "horolog.sqlite.new"

const chunkBytes = 8 * 1024 * 1024

/** What a checkpoint is made of. */
export interface Checkpointing {
  readonly disk: Disk["Service"]
  readonly folder: string
  readonly journal: Journal
  readonly store: Pick<Store, "commit" | "image">
}

/**
 * Puts everything into `horolog.sqlite` while commits go on: they land in the new segment, and what
 * of them is in the image already changes nothing when it is replayed. The old segments go last, so
 * that death between any two steps loses nothing.
 */
export const checkpoint = ({ disk, folder, journal, store }: Checkpointing) =>
  Effect.gen(function* () {
    yield* journal.rotate
    yield* writeImage({ disk, folder, store })
    yield* journal.removeOlder
  }).pipe(Effect.tapError((failure) => Effect.sync(() => journal.fail(failure))))

/** The checkpoint of a clean stop: no commit comes any more, and no segment stays. */
export const lastCheckpoint = ({ disk, folder, journal, store }: Checkpointing) =>
  Effect.gen(function* () {
    if (journal.sizeBytes() === 0) return
    yield* writeImage({ disk, folder, store })
    yield* journal.removeAll
  })

const writeImage = ({
  disk,
  folder,
  store,
}: Omit<Checkpointing, "journal">): Effect.Effect<void, LogFailed> =>
  Effect.suspend(() => {
    store.commit()
    return replaceFile(disk, folder, store.image())
  }).pipe(Effect.mapError(writeFailed))

const replaceFile = Effect.fnUntraced(function* (
  disk: Disk["Service"],
  folder: string,
  image: Uint8Array,
) {
  const unfinished = join(folder, unfinishedName)
  yield* writeFile(disk, unfinished, image)
  yield* disk.rename(unfinished, join(folder, checkpointName))
  yield* disk.syncFolder(folder)
})

/** Writes a file of exactly these bytes and syncs it; its name is not durable yet. */
export const writeFile = (
  disk: Disk["Service"],
  path: string,
  bytes: Uint8Array,
): Effect.Effect<void, DiskFailed> =>
  Effect.acquireUseRelease(
    disk.open(path),
    Effect.fnUntraced(function* (file) {
      yield* file.truncate(0)
      for (let at = 0; at < bytes.length; at += chunkBytes) {
        yield* file.write(bytes.subarray(at, at + chunkBytes), at)
      }
      yield* file.sync
    }),
    (file) => file.close,
  )
