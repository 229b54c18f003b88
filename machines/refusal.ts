import { Schema } from "effect"

/** Why a command is refused. */
export const RefusalCode = Schema.Literals([
  "invalid-input",
  "invalid-schedule",
  "never-fires",
  "unknown-zone",
  "in-past",
  "not-found",
  "ambiguous",
  "exists",
  "already-running",
  "not-running",
  "not-due",
  "removed",
  "unknown-channel",
  "self-scheduling",
  "forbidden",
  "capacity",
  "stale",
  "held",
  "damaged",
  "store-failed",
])
export type RefusalCode = typeof RefusalCode.Type

/**
 * A command that cannot be: what was received, what was expected, and how to mend it. A value, not a
 * fault: nothing was recorded, and the caller may try again differently.
 */
export class Refusal extends Schema.TaggedError<Refusal>()("Refusal", {
  code: RefusalCode,
  message: Schema.String,
  received: Schema.optionalKey(Schema.Unknown),
  expected: Schema.optionalKey(Schema.String),
  hint: Schema.optionalKey(Schema.String),
  /** The commands that the job's state would accept. */
  allowed: Schema.optionalKey(Schema.Array(Schema.String)),
  /** Near matches, or what there is to choose from. */
  matches: Schema.optionalKey(Schema.Array(Schema.String)),
}) {}
