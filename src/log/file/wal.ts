import { join } from "node:path"
import { Effect } from "effect"
import { LogFailed } from "../event-log.ts"
import { checkpointName } from "./checkpoint.ts"
import type { Disk } from "./disk.ts"
import { damaged, unreadable } from "./failure.ts"
import { openDatabase } from "./sqlite.ts"

const leftovers = ["-wal", "-journal"]

/** Whether another SQLite left something beside `horolog.sqlite` that belongs into it. */
export const isUnfolded = Effect.fnUntraced(function* (disk: Disk["Service"], folder: string) {
  for (const suffix of leftovers) {
    const size = yield* disk.size(join(folder, checkpointName + suffix))
    if (size !== undefined && size > 0) return true
  }
  return false
}, Effect.mapError(unreadable))

/** Lets SQLite itself take in what it left, and leaves one file without a write-ahead log. */
export const foldWal = (folder: string): Effect.Effect<void, LogFailed> => {
  const path = join(folder, checkpointName)
  return Effect.try({
    try: () => {
      const database = openDatabase(path)
      try {
        database.exec("PRAGMA synchronous = FULL; PRAGMA wal_checkpoint(TRUNCATE)")
        database.exec("PRAGMA journal_mode = DELETE")
      } finally {
        database.close()
      }
    },
    catch: (cause) => notFolded(path, cause),
  })
}

const busy = 5

const notFolded = (path: string, cause: unknown): LogFailed =>
  (cause as { errcode?: number }).errcode === busy
    ? new LogFailed({
        reason: "held",
        message: `The log ${path} is open in another program.`,
        hint: "Close that program; a copy made with `horolog backup` can be looked at freely.",
      })
    : damaged((cause as Error).message, path)
