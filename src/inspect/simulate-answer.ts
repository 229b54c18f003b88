import type { DisabledReason } from "../../events/job.ts"
import type { SkipReason, Trigger } from "../../events/run.ts"
import type { Schedule } from "../../events/schedule.ts"
import type { EpochMs } from "../../events/time.ts"
import type { JobStateName } from "../../machines/state.ts"

/** How a run ended; `open` when it was under way at the end. */
export type SimulatedOutcome =
  | "succeeded"
  | "failed"
  | "timed-out"
  | "cancelled"
  | "gated"
  | "interrupted"
  | "open"

/** One attempt, by the wall clock of the machine. */
export interface SimulatedRun {
  readonly jobId: string
  readonly name: string
  readonly runId: string
  readonly dueAt: EpochMs
  readonly startedAt: EpochMs
  /** Null while it is open. */
  readonly endedAt: EpochMs | null
  readonly trigger: Trigger
  readonly attempt: number
  readonly lateMs: number
  /** How much of that it waited because as many runs as may be were open. */
  readonly waitedMs: number
  readonly outcome: SimulatedOutcome
}

/** Occurrences that did not run, first and last included; `count` is null beyond 1,000. */
export interface SkippedSpan {
  readonly jobId: string
  readonly name: string
  readonly from: EpochMs
  readonly to: EpochMs
  readonly count: number | null
  readonly reason: SkipReason
}

/** The most runs that were open at once, within a time in which some always were. */
export interface Peak {
  readonly at: EpochMs
  readonly count: number
  readonly jobIds: ReadonlyArray<string>
}

/** Several jobs that were due at the same instant. */
export interface Collision {
  readonly dueAt: EpochMs
  readonly jobIds: ReadonlyArray<string>
}

/**
 * Local times of a job that a change of the clocks leaves out, or brings twice. `from` and `to` are
 * the first and last of them as the wall shows them, counted as if it were UTC.
 */
export interface ChangedTimes {
  readonly jobId: string
  readonly name: string
  readonly tz: string
  /** When the clocks change. */
  readonly at: EpochMs
  readonly kind: "left-out" | "repeated"
  readonly from: number
  readonly to: number
  readonly count: number | null
  /** Left out: when it is due instead. Repeated: once, or again in the hour that comes again. */
  readonly dueAt: EpochMs | null
  readonly isDueTwice: boolean
}

/** Why a job has not run at all. */
export type NeverReason = "disabled" | "nothing-planned" | "later" | "skipped" | "waiting"

/** What became of one job. */
export interface JobSummary {
  readonly jobId: string
  readonly name: string
  readonly schedule: Schedule
  /** The first due time of a run. */
  readonly firstDueAt: EpochMs | null
  readonly runsCount: number
  /** Runs that neither succeeded nor are open. */
  readonly failedCount: number
  /** At least so many: a span beyond 1,000 counts as that. */
  readonly skippedCount: number
  readonly lateMsMax: number
  /** At the end. */
  readonly state: JobStateName
  readonly disabledReason: DisabledReason | null
  readonly plannedAt: EpochMs | null
  /** Why it did not run; null when it did. */
  readonly never: NeverReason | null
}

/** What would happen. */
export interface Simulated {
  readonly from: EpochMs
  readonly to: EpochMs
  readonly maxConcurrent: number
  readonly jobs: ReadonlyArray<JobSummary>
  /** In the order in which they started. */
  readonly runs: ReadonlyArray<SimulatedRun>
  /** In the order in which they were recorded. */
  readonly skipped: ReadonlyArray<SkippedSpan>
  /** The highest first, of the same height the earliest; ten at most. */
  readonly peaks: ReadonlyArray<Peak>
  /** By time. */
  readonly collisions: ReadonlyArray<Collision>
  /** By time. */
  readonly changes: ReadonlyArray<ChangedTimes>
}
