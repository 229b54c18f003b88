import { join } from "node:path"
import { Effect } from "effect"
import type { LogFailed } from "../event-log.ts"
import type { Store } from "../sql/store.ts"
import type { Disk } from "./disk.ts"
import { writeFailed, writeRefused } from "./failure.ts"
import type { Journal } from "./journal.ts"
import { replaceFile } from "./replace-file.ts"

export const checkpointName = "horolog.sqlite"

/** What a checkpoint is made of. */
export interface Checkpointing {
  readonly disk: Disk["Service"]
  readonly folder: string
  readonly journal: Journal
  readonly store: Pick<Store, "image">
}

/**
 * Puts everything into `horolog.sqlite` while commits go on: they land in the new segment, and what
 * of them is in the image already changes nothing when it is replayed. The old segments go last, so
 * that death between any two steps loses nothing. A failure ends the journal.
 */
export const checkpoint = (parts: Checkpointing): Effect.Effect<void, LogFailed> =>
  Effect.gen(function* () {
    yield* parts.journal.rotate
    yield* writeImage(parts)
    yield* parts.journal.removeOlder
  }).pipe(
    Effect.tapError((failure) => Effect.sync(() => parts.journal.fail(failure))),
    // A step given up half-way would go on in the background, and meet the next checkpoint.
    Effect.uninterruptible,
  )

/** The checkpoint of a clean stop: no commit comes any more, and no segment stays. */
export const lastCheckpoint = (parts: Checkpointing): Effect.Effect<void, LogFailed> =>
  Effect.suspend(() =>
    parts.journal.sizeBytes() === 0
      ? Effect.void
      : Effect.andThen(writeImage(parts), parts.journal.removeAll),
  )

const writeImage = Effect.fnUntraced(function* ({ disk, folder, store }: Checkpointing) {
  const image = yield* Effect.try({ try: store.image, catch: writeRefused })
  const path = join(folder, checkpointName)
  yield* Effect.mapError(replaceFile(disk, path, image), writeFailed)
})
