import { Effect, Semaphore } from "effect"
import { makeEventLog, type Shell } from "../shell.ts"
import { backupImage } from "./backup.ts"
import { checkpoint, type Checkpointing, lastCheckpoint } from "./checkpoint.ts"
import type { Journal } from "./journal.ts"
import { openInMemory, type Opening } from "./opening.ts"

/** A log in memory whose commits go to a journal, and from there into a checkpoint now and then. */
export const openJournaled = Effect.fnUntraced(function* (
  opening: Opening,
  checkpointBytes: number,
) {
  const { store, journal, report } = yield* openInMemory(opening)
  const parts = { disk: opening.disk, folder: opening.folder, journal, store }
  const makeRoom = yield* roomMaker(parts, checkpointBytes)
  let shell: Shell | undefined
  const stopIfWhole = Effect.suspend(() => (isWhole(journal, shell) ? stop(parts) : Effect.void))
  yield* Effect.addFinalizer(() => stopIfWhole)

  shell = yield* makeEventLog(store, {
    persist: (group) => Effect.andThen(journal.append(group), makeRoom.ifNeeded),
    backup: (file) => backupImage(opening.disk, file, store.image),
  })
  const { log } = shell
  const now = Effect.andThen(log.durable, makeRoom.now)
  return { log, report, journalBytes: journal.sizeBytes, checkpoint: now }
})

// What failed may have been refused to somebody, and must not come back in a checkpoint.
const isWhole = (journal: Journal, shell: Shell | undefined): boolean =>
  journal.failure() === undefined && shell?.failure()?.reason === "closed"

/** Checkpoints, one at a time: asked for, or in the background when the journal has grown. */
const roomMaker = Effect.fnUntraced(function* (parts: Checkpointing, checkpointBytes: number) {
  const scope = yield* Effect.scope
  const now = Semaphore.makeUnsafe(1).withPermits(1)(checkpoint(parts))
  let isRunning = false
  const inBackground = now.pipe(
    Effect.catchCause((cause) => Effect.logError("The checkpoint failed", cause)),
    Effect.ensuring(Effect.sync(() => (isRunning = false))),
  )
  const ifNeeded = Effect.suspend(() => {
    if (isRunning || parts.journal.sizeBytes() <= checkpointBytes) return Effect.void
    isRunning = true
    return Effect.asVoid(Effect.forkIn(inBackground, scope))
  })
  return { now, ifNeeded }
})

const stop = (parts: Checkpointing): Effect.Effect<void> =>
  lastCheckpoint(parts).pipe(
    Effect.catchCause((cause) => Effect.logError("The journal stays: no checkpoint", cause)),
  )
