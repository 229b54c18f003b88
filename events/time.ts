import { Schema } from "effect"

/** Milliseconds since the Unix epoch. Every `*At` field carries one. */
export const EpochMs = Schema.Int
export type EpochMs = typeof EpochMs.Type

/** A length of time in milliseconds. Every `*Ms` field carries one. */
export const DurationMs = Schema.Natural
export type DurationMs = typeof DurationMs.Type
