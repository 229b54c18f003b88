import { Effect } from "effect"
import { EventLog } from "../event-log.ts"
import { makeEventLog } from "../shell.ts"
import { backupNative } from "./backup.ts"
import { writeRefused } from "./failure.ts"
import { openOnFile, type Opening } from "./opening.ts"

/** A log in a SQLite file, which makes every commit last by itself. */
export const openNativeLog = Effect.fnUntraced(function* (opening: Opening) {
  const { disk, folder } = opening
  const { engine, store, report } = yield* openOnFile(opening)
  const backup = (file: string) => backupNative(disk, folder, file)
  const shell = yield* makeEventLog(store, { persist: () => Effect.void, backup })
  const checkpoint = Effect.try({
    try: () => {
      store.commit()
      engine.exec("PRAGMA wal_checkpoint(TRUNCATE)")
    },
    catch: writeRefused,
  })
  // The copy sees one moment whatever goes on, so no commit has to wait for it.
  const copy = (file: string) => Effect.andThen(shell.log.durable, backup(file))
  const log = EventLog.of({ ...shell.log, backup: copy })
  return { log, report, journalBytes: () => 0, checkpoint }
})
