import { Schema } from "effect"
import { Chat, RunId } from "./ids.ts"
import { Plan, Revision } from "./plan.ts"
import { DurationMs, EpochMs } from "./time.ts"

/** Why a run started. */
export const Trigger = Schema.Literals(["schedule", "catch-up", "retry", "manual"])
export type Trigger = typeof Trigger.Type

/** Whether trying again can help: not at all (`refused`, `fatal`), soon, or when a quota is back. */
export const ErrorClass = Schema.Literals(["retryable", "quota", "refused", "fatal"])
export type ErrorClass = typeof ErrorClass.Type

export const RunError = Schema.Struct({
  name: Schema.NonEmptyString,
  message: Schema.String,
  class: ErrorClass,
})
export type RunError = typeof RunError.Type

/** What a model used up, as its provider reports it. */
export const Usage = Schema.Struct({
  inputTokens: Schema.optionalKey(Schema.Natural),
  outputTokens: Schema.optionalKey(Schema.Natural),
  costUsd: Schema.optionalKey(Schema.Finite),
})
export type Usage = typeof Usage.Type

/**
 * An attempt began, and with it the occurrence `(revision, dueAt)` is claimed. `plan` is what comes
 * next by nature (null: nothing); a manual run claims nothing and restates the plan that stands.
 */
export const RunStarted = Schema.Struct({
  type: Schema.tag("run.started"),
  runId: RunId,
  revision: Revision,
  dueAt: EpochMs,
  attempt: Schema.Int,
  trigger: Trigger,
  lateMs: DurationMs,
  deadlineAt: EpochMs,
  node: Schema.String,
  bootId: Schema.String,
  plan: Schema.NullOr(Plan),
})

/** The agent answered. `deliverTo` is where the answer goes, null when there is nothing to send. */
export const RunSucceeded = Schema.Struct({
  type: Schema.tag("run.succeeded"),
  runId: RunId,
  output: Schema.String,
  outputLength: Schema.Natural,
  durationMs: DurationMs,
  usage: Schema.NullOr(Usage),
  deliverTo: Schema.NullOr(Chat),
})

export const RunFailed = Schema.Struct({
  type: Schema.tag("run.failed"),
  runId: RunId,
  error: RunError,
  durationMs: DurationMs,
})

export const RunTimedOut = Schema.Struct({
  type: Schema.tag("run.timed-out"),
  runId: RunId,
  durationMs: DurationMs,
})

export const RunCancelled = Schema.Struct({
  type: Schema.tag("run.cancelled"),
  runId: RunId,
  reason: Schema.String,
  durationMs: DurationMs,
})

/** The gate found nothing to do: no model was called. */
export const RunGated = Schema.Struct({
  type: Schema.tag("run.gated"),
  runId: RunId,
  reason: Schema.String,
  durationMs: DurationMs,
})

/** Whoever ran it is gone, and no outcome will come. */
export const RunInterrupted = Schema.Struct({
  type: Schema.tag("run.interrupted"),
  runId: RunId,
  reason: Schema.Literals(["crash", "shutdown", "lease-expired"]),
})

/** An outcome came for a run that was closed already: recorded, and changes nothing. */
export const RunAnsweredLate = Schema.Struct({
  type: Schema.tag("run.answered-late"),
  runId: RunId,
  outcome: Schema.Literals(["succeeded", "failed", "timed-out", "cancelled", "gated"]),
})

const span = {
  revision: Revision,
  from: EpochMs,
  to: EpochMs,
  count: Schema.NullOr(Schema.Natural),
}

/** Occurrences that will run one after the other. `count` is null beyond 1,000. */
export const OccurrencesQueued = Schema.Struct({
  type: Schema.tag("occurrences.queued"),
  ...span,
  cause: Schema.Literals(["catch-up", "overlap"]),
})

/** Why an occurrence did not run. */
export const SkipReason = Schema.Literals([
  "downtime",
  "overlap",
  "retrying",
  "paused",
  "window",
  "disabled",
  "removed",
  "schedule-changed",
  "capacity",
  "quota",
  "clock-jumped",
])
export type SkipReason = typeof SkipReason.Type

/** Occurrences that will not run, first and last included. `count` is null beyond 1,000. */
export const OccurrencesSkipped = Schema.Struct({
  type: Schema.tag("occurrences.skipped"),
  ...span,
  reason: SkipReason,
})
