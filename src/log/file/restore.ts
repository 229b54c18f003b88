import { join } from "node:path"
import { Effect } from "effect"
import { LogFailed } from "../event-log.ts"
import { eventColumns } from "../sql/schema.ts"
import { checkpointName } from "./checkpoint.ts"
import type { Disk } from "./disk.ts"
import { writeFailed } from "./failure.ts"
import { holdFolder } from "./holder.ts"
import { putInPlace, unfinishedOf } from "./replace-file.ts"
import { segmentNames } from "./segment.ts"
import { openDatabase, type Database } from "./sqlite.ts"

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

/** Refuses a folder that holds a log. */
export const refuseUsed = Effect.fnUntraced(function* (disk: Disk["Service"], folder: string) {
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
