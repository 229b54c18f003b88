import { Clock, Context, Effect, Layer } from "effect"
import { Random } from "../../random.ts"
import { EventLog, type LogFailed } from "../event-log.ts"
import { Disk } from "./disk.ts"
import { writeFailed } from "./failure.ts"
import { type Holder, holdFolder, removeHolder, writeHolder } from "./holder.ts"
import { openJournaled } from "./journaled.ts"
import { openNativeLog } from "./native.ts"
import type { OpeningReport } from "./open.ts"

/** Where the log is, and what reads and writes it. */
export interface FileLogOptions {
  readonly folder: string
  readonly engine: "sql.js" | "native"
  /** The size of the journal beyond which a checkpoint is made: 64 MB. Only with sql.js. */
  readonly checkpointBytes?: number
  /** Names this process in `horolog.serve.json`. */
  readonly instance?: string
}

/** The log of a folder, as whoever keeps house in it sees it. */
export class FileLog extends Context.Service<
  FileLog,
  {
    readonly folder: string
    readonly engine: "sql.js" | "native"
    readonly report: OpeningReport
    /** The bytes of the journal now; 0 with the native engine, which has none. */
    readonly journalBytes: () => number
    /** Folds the journal into `horolog.sqlite` now; texts erased before are then gone from it. */
    readonly checkpoint: Effect.Effect<void, LogFailed>
    /** Says to other processes where this one answers, and with which token. */
    readonly announce: (serving: Serving) => Effect.Effect<void, LogFailed>
  }
>()("horolog/log/FileLog") {}

export interface Serving {
  readonly address: string
  readonly token: string
}

const checkpointBytesDefault = 64 * 1024 * 1024

/**
 * The log of a folder, for this process alone: opening takes the lock, replays and mends; closing
 * folds the journal into `horolog.sqlite` and frees the lock.
 */
export const layer = (
  options: FileLogOptions,
): Layer.Layer<EventLog | FileLog, LogFailed, Disk | Random> => Layer.effectContext(make(options))

const make = Effect.fnUntraced(function* (options: FileLogOptions) {
  const { folder, engine, checkpointBytes = checkpointBytesDefault } = options
  const opening = { folder, disk: yield* Disk, random: yield* Random }
  const announce = yield* holdAndSay(options)
  const { log, ...opened } = yield* engine === "native"
    ? openNativeLog(opening)
    : openJournaled(opening, checkpointBytes)
  const fileLog = FileLog.of({ folder, engine, announce, ...opened })
  return Context.make(EventLog, log).pipe(Context.add(FileLog, fileLog))
})

/** Takes the lock and says so; the file goes with the lock. */
const holdAndSay = Effect.fnUntraced(function* ({ folder, instance = "" }: FileLogOptions) {
  const disk = yield* Disk
  // For the eyes of whoever finds the folder held; nothing is decided by it.
  const since = new Date(yield* Clock.currentTimeMillis).toISOString()
  yield* Effect.mapError(disk.makeFolder(folder), writeFailed)
  yield* holdFolder(disk, folder)
  yield* Effect.addFinalizer(() => Effect.ignore(removeHolder(disk, folder)))
  const holder: Holder = { pid: process.pid, since, instance }
  yield* writeHolder(disk, folder, holder)
  return (serving: Serving) => writeHolder(disk, folder, { ...holder, ...serving })
})
