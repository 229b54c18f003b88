import { join } from "node:path"
import { Effect, Option, Schema } from "effect"
import { LogFailed } from "../event-log.ts"
import type { Disk, DiskFailed } from "./disk.ts"
import { writeFailed } from "./failure.ts"
import { replaceFile } from "./replace-file.ts"

export const lockName = "horolog.lock"
export const holderName = "horolog.serve.json"

/** Who holds a data folder. With an address and a token it serves, and answers there. */
export const Holder = Schema.Struct({
  pid: Schema.Int,
  /** ISO 8601. */
  since: Schema.String,
  instance: Schema.String,
  address: Schema.optionalKey(Schema.String),
  token: Schema.optionalKey(Schema.String),
})
export type Holder = typeof Holder.Type

/** Says in the folder who holds it. Only whoever has the lock may; the file is its owner's alone. */
export const writeHolder = Effect.fnUntraced(function* (
  disk: Disk["Service"],
  folder: string,
  holder: Holder,
) {
  const bytes = Buffer.from(`${JSON.stringify(holder)}\n`)
  yield* replaceFile(disk, join(folder, holderName), bytes)
}, Effect.mapError(writeFailed))

const decode = Schema.decodeUnknownOption(Schema.fromJsonString(Holder))

/**
 * Who wrote that they hold the folder; undefined when nobody did, or not legibly. After a crash the
 * file stays, so it is only to be believed while the lock is held.
 */
export const readHolder = (
  disk: Disk["Service"],
  folder: string,
): Effect.Effect<Holder | undefined> =>
  disk.read(join(folder, holderName)).pipe(
    Effect.map((bytes) => Option.getOrUndefined(decode(Buffer.from(bytes).toString()))),
    // Nothing depends on it: without the file the holder is merely unknown.
    Effect.catch(() => Effect.succeed(undefined)),
  )

export const removeHolder = (
  disk: Disk["Service"],
  folder: string,
): Effect.Effect<void, DiskFailed> => disk.remove(join(folder, holderName))

/** Takes the folder's lock until the scope ends, or says who has it. */
export const holdFolder = (disk: Disk["Service"], folder: string) =>
  Effect.catch(disk.hold(join(folder, lockName)), (failure) =>
    failure.code === "held"
      ? Effect.flatMap(readHolder(disk, folder), (holder) => Effect.fail(held(folder, holder)))
      : Effect.fail(notLockable(failure)),
  )

const held = (folder: string, holder: Holder | undefined): LogFailed =>
  new LogFailed({
    reason: "held",
    message: `The data folder ${folder} is in use by ${holder === undefined ? "another process" : nameOf(holder)}.`,
    hint: "Ask that process, wait until it ends, or name another data folder with --data.",
  })

const nameOf = ({ pid, since, address }: Holder): string => {
  const served = address === undefined ? "" : `, which serves at ${address}`
  return `process ${pid} since ${since}${served}`
}

const notLockable = (failure: DiskFailed): LogFailed =>
  new LogFailed({
    reason: "unreadable",
    message: `The data folder cannot be locked: ${failure.message}.`,
    hint: "It has to be a writable folder on a local disk.",
  })
