import { Context, Schema, type Effect, type Scope } from "effect"

/** What can be asked of a disk, and can fail. */
export const DiskOperation = Schema.Literals([
  "make-folder",
  "list",
  "size",
  "read",
  "open",
  "write",
  "sync",
  "truncate",
  "copy",
  "rename",
  "remove",
  "sync-folder",
  "hold",
])
export type DiskOperation = typeof DiskOperation.Type

/** The disk would not. `code` is the system's word for it: ENOSPC, EIO, ENOENT, `held`, `short`. */
export class DiskFailed extends Schema.TaggedError<DiskFailed>()("DiskFailed", {
  operation: DiskOperation,
  file: Schema.String,
  code: Schema.String,
}) {
  override get message(): string {
    return `${this.operation} of ${this.file} failed: ${this.code}`
  }
}

/** A file opened for writing. Nothing of it is durable before `sync`. */
export interface DiskFile {
  readonly path: string
  /** Writes all of the bytes at an offset, or fails: a short write is a failure. */
  readonly write: (bytes: Uint8Array, offset: number) => Effect.Effect<void, DiskFailed>
  readonly sync: Effect.Effect<void, DiskFailed>
  readonly truncate: (lengthBytes: number) => Effect.Effect<void, DiskFailed>
  readonly close: Effect.Effect<void>
}

/**
 * Where the log's files are. A name that was created, renamed or removed is durable only after
 * `syncFolder`. Files are made readable for their owner alone.
 */
export class Disk extends Context.Service<
  Disk,
  {
    readonly makeFolder: (folder: string) => Effect.Effect<void, DiskFailed>
    readonly list: (folder: string) => Effect.Effect<ReadonlyArray<string>, DiskFailed>
    /** The bytes a file has, undefined when there is none. */
    readonly size: (path: string) => Effect.Effect<number | undefined, DiskFailed>
    readonly read: (path: string) => Effect.Effect<Uint8Array, DiskFailed>
    /** Opens a file for writing and keeps what is in it; makes it when there is none. */
    readonly open: (path: string) => Effect.Effect<DiskFile, DiskFailed>
    /** Makes a synced copy; what stood there before is replaced. */
    readonly copy: (from: string, to: string) => Effect.Effect<void, DiskFailed>
    readonly rename: (from: string, to: string) => Effect.Effect<void, DiskFailed>
    /** A file that is not there is removed already. */
    readonly remove: (path: string) => Effect.Effect<void, DiskFailed>
    readonly syncFolder: (folder: string) => Effect.Effect<void, DiskFailed>
    /** Locks a file against everybody else until the scope ends; fails with code `held`. */
    readonly hold: (path: string) => Effect.Effect<void, DiskFailed, Scope.Scope>
  }
>()("horolog/log/Disk") {}
