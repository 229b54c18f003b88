import { chmodSync } from "node:fs"
import { Effect, type Scope } from "effect"
import { DiskFailed } from "./disk.ts"
import { openDatabase, type Database } from "./sqlite.ts"

const busy = 5

/**
 * Holds `path` through SQLite's exclusive lock. The operating system keeps it: it survives SIGSTOP
 * and ends with the process, however that ends. Nothing else in this process may open the file, for
 * closing any descriptor of it would drop the lock.
 */
export const holdFile = (path: string): Effect.Effect<void, DiskFailed, Scope.Scope> =>
  Effect.asVoid(
    Effect.acquireRelease(
      Effect.try({ try: () => lockExclusively(path), catch: (cause) => failure(path, cause) }),
      (database) => Effect.sync(() => database.close()),
    ),
  )

const lockExclusively = (path: string): Database => {
  const database = openDatabase(path)
  try {
    // In memory, so that no second file comes with the lock.
    database.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE")
    chmodSync(path, 0o600)
    return database
  } catch (cause) {
    database.close()
    throw cause
  }
}

const failure = (file: string, cause: unknown): DiskFailed => {
  const { errcode, code, message } = cause as { errcode?: number; code?: string; message?: string }
  const word = errcode === busy ? "held" : (message ?? code ?? String(cause))
  return new DiskFailed({ operation: "hold", file, code: word })
}
