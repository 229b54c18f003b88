import { join } from "node:path"
import { Effect } from "effect"
import { LogFailed } from "../event-log.ts"
import { eventColumns } from "../sql/schema.ts"
import { checkpointName } from "./checkpoint.ts"
import type { Disk } from "./disk.ts"
import { writeFailed } from "./failure.ts"
import { holdFolder } from "./holder.ts"
import { putInPlace, replaceFile, unfinishedOf } from "./replace-file.ts"
import { segmentNames } from "./segment.ts"
import { type Database, nodeSqlite, openDatabase } from "./sqlite.ts"

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

/**
 * Makes a backup the log of a folder that holds none. The file is checked before it takes its place,
 * and is itself left alone.
 */
export const restore = Effect.fn("restore")(function* (
  disk: Disk["Service"],
  file: string,
  folder: string,
) {
  yield* refuseLiveFile(disk, file)
  yield* Effect.mapError(disk.makeFolder(folder), writeFailed)
  yield* holdFolder(disk, folder)
  yield* refuseUsed(disk, folder)
  const unfinished = unfinishedOf(join(folder, checkpointName))
  yield* Effect.mapError(disk.copy(file, unfinished), writeFailed)
  yield* Effect.tapError(check(unfinished, file), () => Effect.ignore(disk.remove(unfinished)))
  yield* Effect.mapError(putInPlace(disk, unfinished, join(folder, checkpointName)), writeFailed)
}, Effect.scoped)

const refuseLiveFile = Effect.fnUntraced(function* (disk: Disk["Service"], file: string) {
  const size = yield* Effect.mapError(disk.size(file), writeFailed)
  if (size === undefined) return yield* notOurs(file, "there is no such file")
  const walSize = yield* Effect.mapError(disk.size(`${file}-wal`), writeFailed)
  if (walSize !== undefined && walSize > 0) {
    return yield* notOurs(file, "it is in use, and a part of it is still in its write-ahead log")
  }
})

const refuseUsed = Effect.fnUntraced(function* (disk: Disk["Service"], folder: string) {
  const names = yield* Effect.mapError(disk.list(folder), writeFailed)
  const used = names.find((name) => name === checkpointName) ?? segmentNames(names)[0]
  if (used === undefined) return
  return yield* new LogFailed({
    reason: "write-failed",
    message: `The folder ${folder} holds a log already (${used}); it was left as it is.`,
    hint: "Restore into another folder, or move this one away first.",
  })
})

const check = (path: string, file: string): Effect.Effect<void, LogFailed> =>
  Effect.try({
    try: () => {
      const database = openDatabase(path)
      try {
        database.exec("PRAGMA journal_mode = DELETE")
        refuseForeign(database)
      } finally {
        database.close()
      }
    },
    catch: (cause) => notOurs(file, (cause as Error).message),
  })

const refuseForeign = (database: Database): void => {
  const columns = database.prepare("SELECT name FROM pragma_table_info('events')").all()
  const names = new Set(columns.map((column) => column["name"]))
  if (eventColumns.some((name) => !names.has(name))) throw new Error("it holds no log of horolog")
  const [found] = database.prepare("PRAGMA quick_check(1)").all()
  const word = Object.values(found ?? {})[0]
  if (word !== "ok") throw new Error(`it is damaged: ${String(word)}`)
}

const notOurs = (file: string, why: string): LogFailed =>
  new LogFailed({
    reason: "unreadable",
    message: `The file ${file} cannot be restored: ${why}.`,
    hint: "Name a file that `horolog backup` wrote.",
  })
