import { Schema } from "effect"
import { Chat, RunId } from "./ids.ts"
import { EpochMs } from "./time.ts"

const clock = { wallFrom: EpochMs, wallTo: EpochMs, deltaMs: Schema.Int }

export const ClockStarted = Schema.Struct({ type: Schema.tag("clock.started"), wallAt: EpochMs })

/** The wall clock moved against the monotonic one: it was set, or the machine slept. */
export const ClockJumped = Schema.Struct({ type: Schema.tag("clock.jumped"), ...clock })

/** Nothing falls due from here on, also after a restart, until somebody resumes it. */
export const ClockPaused = Schema.Struct({
  type: Schema.tag("clock.paused"),
  wallAt: Schema.optionalKey(EpochMs),
})

/** What should have woken before `wallAt` passed while everything was paused. */
export const ClockResumed = Schema.Struct({
  type: Schema.tag("clock.resumed"),
  wallAt: Schema.optionalKey(EpochMs),
})

export const SchedulerStarted = Schema.Struct({
  type: Schema.tag("scheduler.started"),
  bootId: Schema.NonEmptyString,
  version: Schema.String,
  planner: Schema.String,
})

export const SchedulerStopped = Schema.Struct({
  type: Schema.tag("scheduler.stopped"),
  bootId: Schema.NonEmptyString,
  clean: Schema.Boolean,
})

/** Rows of these runs left the tables; their facts stay. */
export const RunsPruned = Schema.Struct({
  type: Schema.tag("runs.pruned"),
  runIds: Schema.Array(RunId),
})

/**
 * The texts of these facts are gone; their digests and the chain stay. `streams` names whose rows
 * have to be folded again.
 */
export const BodiesErased = Schema.Struct({
  type: Schema.tag("bodies.erased"),
  positions: Schema.Array(Schema.Int),
  streams: Schema.Array(Schema.NonEmptyString),
  reason: Schema.Literals(["retention", "request"]),
})

const alert = {
  cause: Schema.String,
  failuresInRow: Schema.Natural,
  /** The run whose end it was; its stream holds the delivery. */
  runId: Schema.optionalKey(RunId),
  /** By the wall clock: what the cooldown is counted from. */
  raisedAt: Schema.optionalKey(EpochMs),
  deliverTo: Schema.optionalKey(Schema.NullOr(Chat)),
  message: Schema.optionalKey(Schema.String),
}

/** Runs of the job failed in a row, often enough to tell somebody. */
export const AlertRaised = Schema.Struct({ type: Schema.tag("alert.raised"), ...alert })

/** A run succeeded after an alert: the one notice that all is well again. */
export const AlertCleared = Schema.Struct({ type: Schema.tag("alert.cleared"), ...alert })

/** A person's or a tool's command that was refused; the audit stream caps how many it keeps. */
export const CommandRefused = Schema.Struct({
  type: Schema.tag("command.refused"),
  command: Schema.String,
  code: Schema.String,
  message: Schema.String,
  allowed: Schema.Array(Schema.String),
})
