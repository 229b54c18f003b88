import { join } from "node:path"
import { Effect } from "effect"
import { LogFailed } from "../event-log.ts"
import { checkpointName } from "./checkpoint.ts"
import type { Disk } from "./disk.ts"
import { writeFailed } from "./failure.ts"
import { putInPlace, replaceFile, unfinishedOf } from "./replace-file.ts"
import { nodeSqlite, openDatabase } from "./sqlite.ts"

/** Writes an image as a backup. A file that is there already is never overwritten. */
export const backupImage = Effect.fnUntraced(function* (
  disk: Disk["Service"],
  file: string,
  image: () => Uint8Array,
) {
  yield* refuseExisting(disk, file)
  yield* Effect.mapError(replaceFile(disk, file, image()), writeFailed)
})

/** Copies the native engine's file as it stands now, page by page, while appends go on. */
export const backupNative = Effect.fnUntraced(function* (
  disk: Disk["Service"],
  folder: string,
  file: string,
) {
  yield* refuseExisting(disk, file)
  const unfinished = unfinishedOf(file)
  // Made beforehand, so that it is never readable for others.
  yield* Effect.mapError(replaceFile(disk, unfinished, new Uint8Array(0)), writeFailed)
  yield* Effect.tryPromise({
    try: () => copyPages(join(folder, checkpointName), unfinished),
    catch: (cause) => notCopied(file, cause),
  })
  yield* Effect.mapError(putInPlace(disk, unfinished, file), writeFailed)
})

// A reader that has begun keeps seeing what it saw, so the copy never has to start again.
const copyPages = async (from: string, to: string): Promise<void> => {
  const reader = openDatabase(from, true)
  try {
    reader.exec("BEGIN")
    reader.prepare("SELECT count(*) FROM sqlite_schema").get()
    await nodeSqlite().backup(reader, to)
  } finally {
    reader.close()
  }
  leaveWal(to)
}

const leaveWal = (path: string): void => {
  const database = openDatabase(path)
  try {
    database.exec("PRAGMA journal_mode = DELETE")
  } finally {
    database.close()
  }
}

const refuseExisting = Effect.fnUntraced(function* (disk: Disk["Service"], file: string) {
  const size = yield* Effect.mapError(disk.size(file), writeFailed)
  if (size === undefined) return
  return yield* new LogFailed({
    reason: "write-failed",
    message: `There is a file ${file} already; it was left as it is.`,
    hint: "Name a file that does not exist.",
  })
})

const notCopied = (file: string, cause: unknown): LogFailed =>
  new LogFailed({
    reason: "write-failed",
    message: `The backup ${file} could not be written: ${(cause as Error).message}.`,
    hint: "The log itself is untouched. Check the disk that the backup goes to.",
  })
