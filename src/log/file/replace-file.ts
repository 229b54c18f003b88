import { dirname } from "node:path"
import { Effect } from "effect"
import type { Disk, DiskFailed } from "./disk.ts"

const chunkBytes = 8 * 1024 * 1024

/** Where a file is written before it takes its name. */
export const unfinishedOf = (path: string): string => `${path}.new`

/** Puts a file in the place of another, so that there is always a whole one, and makes it durable. */
export const replaceFile = Effect.fnUntraced(function* (
  disk: Disk["Service"],
  path: string,
  bytes: Uint8Array,
) {
  // A part of a file is of no use, and the disk may be full.
  const removed = Effect.ignore(disk.remove(unfinishedOf(path)))
  yield* Effect.tapError(writeFile(disk, unfinishedOf(path), bytes), () => removed)
  yield* disk.rename(unfinishedOf(path), path)
  yield* disk.syncFolder(dirname(path))
})

/** Makes a file that somebody else wrote durable under another name. */
export const putInPlace = Effect.fnUntraced(function* (
  disk: Disk["Service"],
  from: string,
  to: string,
) {
  const file = yield* disk.open(from)
  yield* Effect.ensuring(file.sync, file.close)
  yield* disk.rename(from, to)
  yield* disk.syncFolder(dirname(to))
})

const writeFile = (
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
