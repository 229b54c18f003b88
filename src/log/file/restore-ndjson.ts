import { open } from "node:fs/promises"
import { join } from "node:path"
import { Effect } from "effect"
import { Random } from "../../random.ts"
import { LogFailed, type StoredRow } from "../event-log.ts"
import type { ExportEnd } from "../../export-format.ts"
import { makeStore } from "../sql/make-store.ts"
import { openNative } from "../sql/native.ts"
import type { SqlEngine } from "../sql/engine.ts"
import type { Store } from "../sql/store.ts"
import { checkpointName } from "./checkpoint.ts"
import type { Disk } from "./disk.ts"
import {
  makeWalk,
  NotRestorable,
  readHeader,
  readLine,
  whyUnfolded,
  type Walk,
} from "./export-check.ts"
import { linesOf, type ExportLine } from "./export-reader.ts"
import { writeFailed } from "./failure.ts"
import { holdFolder } from "./holder.ts"
import { putInPlace, unfinishedOf } from "./replace-file.ts"
import { refuseUsed } from "./restore.ts"
import { nodeSqlite } from "./sqlite.ts"

/** Whether a file begins as lines of JSON do, where a SQLite file says so. */
export const isExport = (file: string): Effect.Effect<boolean> =>
  Effect.promise(async () => {
    try {
      const handle = await open(file)
      try {
        const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, 0)
        return buffer.toString() === "{"
      } finally {
        await handle.close()
      }
    } catch {
      // What cannot be read is told by whoever reads it.
      return false
    }
  })

/**
 * Makes an export the log of a folder that holds none. Each fact is checked and chained to the one
 * before, and the tables are folded as if it had just been appended.
 */
export const restoreExport = Effect.fn("restoreExport")(function* (
  disk: Disk["Service"],
  file: string,
  folder: string,
) {
  const random = yield* Random
  yield* Effect.mapError(disk.makeFolder(folder), writeFailed)
  yield* holdFolder(disk, folder)
  yield* refuseUsed(disk, folder)
  const unfinished = unfinishedOf(join(folder, checkpointName))
  const removed = Effect.forEach(["", "-wal", "-shm"], (end) => disk.remove(unfinished + end))
  yield* Effect.mapError(removed, writeFailed)
  yield* Effect.tryPromise({
    try: () => build(file, unfinished, random),
    catch: (cause) => notRestored(file, cause),
  }).pipe(Effect.tapError(() => Effect.ignore(removed)))
  yield* Effect.mapError(putInPlace(disk, unfinished, join(folder, checkpointName)), writeFailed)
}, Effect.scoped)

const build = async (file: string, into: string, random: Random["Service"]): Promise<void> => {
  // Made by us, for SQLite would make it readable for others.
  await (await open(into, "wx", 0o600)).close()
  // Loaded here for the first time, and without its warning.
  nodeSqlite()
  const engine = await openNative(into)
  try {
    await fill(makeStore(engine, { random }), file)
    leaveWal(engine)
  } finally {
    engine.close()
  }
}

/** The file is one whole again. */
const leaveWal = (engine: SqlEngine): void => {
  engine.exec("PRAGMA wal_checkpoint(TRUNCATE)")
  engine.exec("PRAGMA journal_mode = DELETE")
}

const rowsPerCommit = 1_000

const fill = async (store: Store, file: string): Promise<void> => {
  let filling: Filling | undefined
  for await (const line of linesOf(file)) {
    try {
      if (filling === undefined) filling = begin(store, line)
      else take(filling, line)
    } catch (cause) {
      throw at(line.number, cause)
    }
    if (line.number % rowsPerCommit === 0) store.commit()
  }
  store.commit()
  if (filling === undefined) throw new NotRestorable("it is empty")
  if (filling.end === undefined) {
    const { position } = filling.walk.place()
    throw new NotRestorable(
      `it is cut off after the fact ${position} of at least ${filling.walk.header.head}: its last line is missing`,
    )
  }
}

interface Filling {
  readonly store: Store
  readonly walk: Walk
  answersCount: number
  end: ExportEnd | undefined
}

const begin = (store: Store, { text }: ExportLine): Filling => ({
  store,
  walk: makeWalk(readHeader(text)),
  answersCount: 0,
  end: undefined,
})

const take = (filling: Filling, line: ExportLine): void => {
  const { store, walk } = filling
  if (filling.end !== undefined) throw new NotRestorable("something stands behind its end")
  const parsed = readLine(line.text)
  switch (parsed.kind) {
    case "fact": {
      const { hash: previousHash } = walk.place()
      walk.step(parsed.row)
      return applyFact(store, parsed.row, previousHash)
    }
    case "answer": {
      const { command, body_hash: bodyHash, result, at: answeredAt } = parsed.answer
      const { position, hash } = walk.place()
      filling.answersCount += 1
      return store.apply({
        firstPosition: position + 1,
        previousHash: hash,
        facts: [],
        answer: { commandId: command, bodyHash, result, at: answeredAt },
      })
    }
    case "end":
      filling.end = parsed.end
      return checkEnd(filling, parsed.end, line)
  }
}

const applyFact = (store: Store, row: StoredRow, previousHash: string): void => {
  try {
    store.apply({ firstPosition: row.position, previousHash, facts: [row] })
  } catch (cause) {
    throw new NotRestorable(whyUnfolded(row, cause))
  }
}

const checkEnd = ({ walk, answersCount }: Filling, end: ExportEnd, line: ExportLine): void => {
  const { position, hash } = walk.place()
  const isWhole =
    end.head === position && (position === 0 || end.hash === hash) && position >= walk.header.head
  if (!isWhole) throw new NotRestorable(`it ends at the fact ${position}, and names ${end.head}`)
  if (end.answers !== answersCount || end.digest !== line.digestBefore()) {
    throw new NotRestorable("what stands before it is not what was exported")
  }
  const [gone] = walk.unclaimed()
  if (gone !== undefined) throw new NotRestorable(`the text of the fact ${gone} is gone`)
}

const at = (line: number, cause: unknown): unknown =>
  cause instanceof NotRestorable || cause instanceof LogFailed
    ? new NotRestorable(`line ${line}: ${cause.message.replace(/\.$/, "")}`)
    : cause

const notRestored = (file: string, cause: unknown): LogFailed =>
  new LogFailed({
    reason: "unreadable",
    message: `The file ${file} cannot be restored: ${(cause as Error).message.replace(/\.$/, "")}.`,
    hint: "Nothing was restored. Name a file that `horolog export` or `horolog backup` wrote, whole and unchanged.",
  })
