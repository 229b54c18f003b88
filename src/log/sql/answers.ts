import type { Answer, Snapshot } from "../event-log.ts"
import type { SqlEngine } from "./engine.ts"

/** What commands were answered. */
export interface Answers {
  readonly get: (commandId: string) => Answer | undefined
  /** Keeps an answer; one that is there already stays. */
  readonly put: (answer: Answer & { readonly commandId: string; readonly at: number }) => void
  /** Forgets what a command was answered; its facts still tell that it was carried out. */
  readonly drop: (commandId: string) => void
}

export const makeAnswers = (engine: SqlEngine): Answers => {
  const select = engine.prepare("SELECT body_hash, result FROM commands WHERE id = ?")
  const remove = engine.prepare("DELETE FROM commands WHERE id = ?")
  const insert = engine.prepare(
    "INSERT OR IGNORE INTO commands (id, body_hash, result, at) VALUES (?, ?, ?, ?)",
  )
  return {
    get: (commandId) => {
      const row = select.get([commandId])
      if (row === undefined) return undefined
      return { bodyHash: String(row["body_hash"]), result: String(row["result"]) }
    },
    put: ({ commandId, bodyHash, result, at }) => insert.run([commandId, bodyHash, result, at]),
    drop: (commandId) => remove.run([commandId]),
  }
}

/** Folds of streams that were kept to save a reading. */
export interface Snapshots {
  readonly get: (stream: string) => Snapshot | undefined
  readonly put: (snapshot: Snapshot) => void
  readonly drop: (stream: string) => void
}

export const makeSnapshots = (engine: SqlEngine): Snapshots => {
  const select = engine.prepare(
    "SELECT stream, version, fold, state FROM snapshots WHERE stream = ?",
  )
  const remove = engine.prepare("DELETE FROM snapshots WHERE stream = ?")
  const insert = engine.prepare(
    "INSERT OR REPLACE INTO snapshots (stream, version, fold, state) VALUES (?, ?, ?, ?)",
  )
  return {
    get: (stream) => select.get([stream]) as unknown as Snapshot | undefined,
    put: ({ stream, version, fold, state }) => insert.run([stream, version, fold, state]),
    drop: (stream) => remove.run([stream]),
  }
}
