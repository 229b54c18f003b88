import type { Recorded } from "../../../events/envelope.ts"
import type {
  Answer,
  Appended,
  Batch,
  ReadOptions,
  Row,
  Snapshot,
  StoredRow,
} from "../event-log.ts"
import type { SqlValue } from "./engine.ts"

/** One append as a journal keeps it: enough to apply it again, by position, as often as one likes. */
export interface CommitRecord {
  /** The position of the first fact, or of the next one when there are no facts. */
  readonly firstPosition: number
  /** The chain's hash before this record. */
  readonly previousHash: string
  readonly facts: ReadonlyArray<StoredRow>
  readonly answer?: Answer & { readonly commandId: string; readonly at: number }
}

/**
 * The synchronous heart of every embedded log: facts, answers, snapshots and tables over one SQL
 * engine. `append` and `apply` work inside the group's transaction, which the first of them opens and
 * `commit` ends. Reads see what was appended, committed or not.
 */
export interface Store {
  readonly head: () => number
  readonly headHash: () => string
  /** Throws VersionConflict before anything is written. No record: it was a repetition. */
  readonly append: (batch: Batch) => { readonly appended: Appended; readonly record?: CommitRecord }
  /** Applies a journaled record; one that is there already changes nothing. Throws on a gap. */
  readonly apply: (record: CommitRecord) => void
  readonly commit: () => void
  readonly read: (options: ReadOptions) => ReadonlyArray<Recorded>
  readonly rows: (options: ReadOptions) => ReadonlyArray<StoredRow>
  readonly answer: (commandId: string) => Answer | undefined
  readonly query: (sql: string, params?: ReadonlyArray<SqlValue>) => ReadonlyArray<Row>
  readonly saveSnapshot: (snapshot: Snapshot) => void
  readonly snapshot: (stream: string) => Snapshot | undefined
  readonly rebuild: () => void
  /** The bytes of a SQLite file with everything committed; prepares its statements anew. */
  readonly image: () => Uint8Array
  readonly close: () => void
}
