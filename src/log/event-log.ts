import { Context, Schema, type Effect, type Stream } from "effect"
import type { UnreadableFact } from "../../events/codec.ts"
import type { Meta, Recorded } from "../../events/envelope.ts"
import type { Fact } from "../../events/fact.ts"
import type { EpochMs } from "../../events/time.ts"

/** Where a stream must be for an append to hold: a version, or one of three words. */
export type ExpectedVersion = number | "none" | "exists" | "any"

/** What is appended together, or not at all. Event ids are `<commandId>/<index>`. */
export interface Batch {
  readonly commandId: string
  readonly at: EpochMs
  readonly meta: Meta
  readonly facts: ReadonlyArray<{ readonly stream: string; readonly fact: Fact }>
  readonly expected: ReadonlyArray<{ readonly stream: string; readonly version: ExpectedVersion }>
  /** The answer to the command, kept so that the same command gets it again. */
  readonly answer?: Answer
}

/** `bodyHash` is of what was asked, `result` is JSON. */
export interface Answer {
  readonly bodyHash: string
  readonly result: string
}

/** `repeated`: the command's facts were there already, and these are they. */
export interface Appended {
  readonly facts: ReadonlyArray<Recorded>
  readonly repeated: boolean
}

/** Somebody else appended first. */
export class VersionConflict extends Schema.TaggedError<VersionConflict>()("VersionConflict", {
  stream: Schema.String,
  expected: Schema.Union([Schema.Int, Schema.Literals(["none", "exists", "any"])]),
  actual: Schema.Int,
}) {}

/** The log cannot be written or read any more: nothing after this is acknowledged. */
export class LogFailed extends Schema.TaggedError<LogFailed>()("LogFailed", {
  reason: Schema.Literals(["held", "damaged", "write-failed", "closed", "unreadable"]),
  message: Schema.String,
  hint: Schema.optionalKey(Schema.String),
}) {}

export interface ReadOptions {
  readonly stream?: string
  /** Positions strictly greater. */
  readonly after?: number
  /** Versions strictly greater; only with `stream`. */
  readonly afterVersion?: number
  /** Positions up to and including. */
  readonly upTo?: number
  readonly direction?: "forward" | "backward"
  readonly limit?: number
}

/** A row of a table, by column. */
export type Row = Readonly<Record<string, string | number | null>>

/** A fact as stored, with what the chain is made of. */
export interface StoredRow extends Row {
  readonly position: number
  readonly stream: string
  readonly version: number
  readonly event_id: string
  readonly type: string
  readonly schema: number
  readonly at: number
  readonly data: string
  readonly meta: string
  readonly body: string | null
  /** In hex: 32 digits for data and meta, then 32 for the body, which go with it. */
  readonly salt: string
  readonly data_hash: string
  readonly meta_hash: string
  readonly body_hash: string | null
  readonly hash: string
}

/**
 * The only truth. Every append projects into the tables in the same transaction, so a question asked
 * of a table sees exactly what has been appended. An append returns as soon as it is applied;
 * `durable` waits until all that is applied now has reached the disk. Whoever tells the outside
 * anything (an answer, a fact, an effect) waits for `durable` first.
 */
export class EventLog extends Context.Service<
  EventLog,
  {
    readonly append: (batch: Batch) => Effect.Effect<Appended, VersionConflict | LogFailed>
    readonly durable: Effect.Effect<void, LogFailed>
    readonly head: Effect.Effect<number, LogFailed>
    readonly read: (
      options: ReadOptions,
    ) => Effect.Effect<ReadonlyArray<Recorded>, LogFailed | UnreadableFact>
    /** Every durable fact after a position, then every later one as it becomes durable. */
    readonly subscribe: (after: number) => Stream.Stream<Recorded, LogFailed | UnreadableFact>
    readonly answer: (commandId: string) => Effect.Effect<Answer | undefined, LogFailed>
    readonly query: (
      sql: string,
      params?: ReadonlyArray<string | number | null>,
    ) => Effect.Effect<ReadonlyArray<Row>, LogFailed>
    /** Stored rows in order, for verification and export. */
    readonly rows: (options: ReadOptions) => Effect.Effect<ReadonlyArray<StoredRow>, LogFailed>
    /** Keeps a disposable snapshot of a stream's fold; it is no part of the log. */
    readonly saveSnapshot: (snapshot: Snapshot) => Effect.Effect<void, LogFailed>
    readonly snapshot: (stream: string) => Effect.Effect<Snapshot | undefined, LogFailed>
    /** Empties the tables and folds them again from the log. */
    readonly rebuild: Effect.Effect<void, LogFailed | UnreadableFact>
    /** A consistent SQLite file of everything durable, beside which appends go on. */
    readonly backup: (file: string) => Effect.Effect<void, LogFailed>
  }
>()("horolog/log/EventLog") {}

/** `fold` names the version of the fold that made it; another one ignores it. */
export interface Snapshot {
  readonly stream: string
  readonly version: number
  readonly fold: string
  readonly state: string
}
