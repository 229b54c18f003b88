import { Schema } from "effect"
import { DurationMs, EpochMs } from "./time.ts"

/** What happens to occurrences that passed while nothing could run them. */
export const CatchUp = Schema.Struct({
  mode: Schema.Literals(["none", "latest", "all"]),
  windowMs: Schema.optionalKey(DurationMs),
  countMax: Schema.optionalKey(Schema.Natural),
})

/** How a failed attempt is tried again; `delaysMs` is the ladder, its last step repeats. */
export const Retry = Schema.Struct({
  attemptsMax: Schema.Natural,
  delaysMs: Schema.Array(DurationMs),
})

/**
 * When a row of failed runs is reported (0: never), how often at the most, and where: the job's own
 * chat unless another one is named.
 */
export const Alert = Schema.Struct({
  after: Schema.Natural,
  cooldownMs: DurationMs,
  channel: Schema.optionalKey(Schema.NonEmptyString),
  chatId: Schema.optionalKey(Schema.NonEmptyString),
})

/** What one run may use up. */
export const Budget = Schema.Struct({
  turnsMax: Schema.optionalKey(Schema.Natural),
  tokensMax: Schema.optionalKey(Schema.Natural),
  wallMs: Schema.optionalKey(DurationMs),
})

/**
 * How a job behaves, resolved in full when the job is added, so that later defaults cannot change it.
 */
export const Policy = Schema.Struct({
  catchUp: CatchUp,
  overlap: Schema.Literals(["skip", "queue-one", "cancel-previous"]),
  timeoutMs: DurationMs,
  retry: Retry,
  onInterrupt: Schema.Literals(["retry", "skip"]),
  disableAfterFailures: Schema.Natural,
  alert: Schema.optionalKey(Alert),
  jitterMs: DurationMs,
  startAt: Schema.optionalKey(EpochMs),
  endAt: Schema.optionalKey(EpochMs),
  runsMax: Schema.optionalKey(Schema.Natural),
  session: Schema.Literals(["chat", "isolated"]),
  agent: Schema.optionalKey(Schema.NonEmptyString),
  toolsAllowed: Schema.optionalKey(Schema.Array(Schema.NonEmptyString)),
  mayWriteSchedule: Schema.Boolean,
  budget: Schema.optionalKey(Budget),
  gate: Schema.optionalKey(Schema.NonEmptyString),
})
export type Policy = typeof Policy.Type
