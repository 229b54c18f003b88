import { Schema } from "effect"
import { DurationMs, EpochMs } from "./time.ts"

/** Fires once. `tz` is the zone the time was read in, and the one it is shown in. */
export const At = Schema.Struct({
  type: Schema.tag("at"),
  at: EpochMs,
  tz: Schema.NonEmptyString,
})
export type At = typeof At.Type

/** Fires at `anchorAt` plus every whole multiple of `everyMs`: no drift, and no reset by a restart. */
export const Every = Schema.Struct({
  type: Schema.tag("every"),
  everyMs: DurationMs,
  anchorAt: EpochMs,
  tz: Schema.NonEmptyString,
})
export type Every = typeof Every.Type

/** Fires when the wall clock of `tz` matches `expr` (five to seven fields, or a nickname). */
export const Cron = Schema.Struct({
  type: Schema.tag("cron"),
  expr: Schema.NonEmptyString,
  tz: Schema.NonEmptyString,
})
export type Cron = typeof Cron.Type

/** When a job is due, as it was resolved and recorded: nothing in it depends on the host any more. */
export const Schedule = Schema.Union([At, Every, Cron])
export type Schedule = typeof Schedule.Type
