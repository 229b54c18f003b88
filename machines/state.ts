import type { Backlog } from "../events/backlog.ts"
import type { JobDefinition, DisabledReason } from "../events/job.ts"
import type { Chat, JobId, RunId } from "../events/ids.ts"
import type { Plan, Revision } from "../events/plan.ts"
import type { Trigger } from "../events/run.ts"
import type { EpochMs } from "../events/time.ts"

/** An attempt that has begun and has no outcome yet. */
export interface OpenRun {
  readonly runId: RunId
  readonly revision: Revision
  readonly dueAt: EpochMs
  readonly attempt: number
  readonly trigger: Trigger
  readonly startedAt: EpochMs
  readonly deadlineAt: EpochMs
  readonly bootId: string
}

/** The occurrence that is tried again, beside the natural plan. */
export interface PlannedRetry {
  readonly revision: Revision
  readonly dueAt: EpochMs
  readonly attempt: number
  readonly wakeAt: EpochMs
  readonly reason: "failed" | "timed-out" | "interrupted"
}

export type { Backlog } from "../events/backlog.ts"

/** What the facts of a job add up to. Everything `decide` may look at is in here. */
export interface JobContext {
  readonly jobId: JobId
  readonly owner: Chat
  readonly key: string | null
  readonly definition: JobDefinition
  readonly revision: Revision
  /** The revision from which the schedule is what it is; a replan alone does not move it. */
  readonly scheduleRevision: Revision
  /** The natural next occurrence; null when nothing is planned. */
  readonly plan: Plan | null
  readonly retry: PlannedRetry | null
  /** Occurrences that wait for their turn; they go before the plan, oldest first. */
  readonly backlog: ReadonlyArray<Backlog>
  readonly openRuns: Readonly<Record<RunId, OpenRun>>
  /** The latest due time that was claimed or skipped; nothing at or before it ever starts again. */
  readonly accountedAt: EpochMs | null
  /** Occurrences claimed by a first attempt (for `runsMax`). */
  readonly claimedCount: number
  readonly failuresInRow: number
  /** The alerts that were raised since the last success, and when the latest one was. */
  readonly alerts: { readonly causes: ReadonlyArray<string>; readonly raisedAt: EpochMs | null }
  /** Why it is disabled; kept through a manual run of a disabled job. */
  readonly disabledReason: DisabledReason | null
  readonly pausedUntil: EpochMs | null
  readonly paused: boolean
  /** Starts within the minute that began at `minuteAt`: the fuse against a loop. */
  readonly fuse: { readonly minuteAt: EpochMs; readonly startsCount: number }
}

/**
 * Where a job is in its life. `running` has three rooms: `active`, and the two in which its end has
 * been asked for.
 */
export type JobValue =
  | "absent"
  | "enabled"
  | "running.active"
  | "running.disabling"
  | "running.removing"
  | "rescheduled"
  | "disabled"
  | "removed"

/** The six names people see; the three rooms of `running` are one. */
export type JobStateName = "absent" | "enabled" | "running" | "rescheduled" | "disabled" | "removed"

/** A job as folded from its stream: the same for the machine and for the compiled table. */
export interface JobState {
  readonly value: JobValue
  readonly context: JobContext
}

export const stateName = (value: JobValue): JobStateName =>
  value.startsWith("running") ? "running" : (value as JobStateName)

/** Whether the job waits for its next occurrence. */
export const isWaiting = (value: JobValue): boolean =>
  value === "enabled" || value === "rescheduled"
