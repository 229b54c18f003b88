import type { Actor } from "../events/envelope.ts"
import type { Chat, JobId, RunId } from "../events/ids.ts"
import type { Revision } from "../events/plan.ts"
import type { RunError, Usage } from "../events/run.ts"
import type { EpochMs } from "../events/time.ts"
import type { PolicyPatch } from "./policy.ts"

/**
 * A schedule as it was asked for. `decide` resolves it with the time and the zone of the command:
 * `in: "20m"`, `at: "2026-12-01T09:00"` or epoch ms, `every: "1h30m"` or ms, `cron` with its zone.
 */
export type ScheduleRequest =
  | { readonly in: string; readonly tz?: string }
  | { readonly at: string | EpochMs; readonly tz?: string }
  | { readonly every: string | number; readonly anchorAt?: EpochMs; readonly tz?: string }
  | { readonly cron: string; readonly tz?: string }

export interface AddJob {
  readonly type: "add-job"
  readonly jobId: JobId
  readonly owner: Chat
  readonly key?: string
  /** Absent: the first 50 characters of the prompt. */
  readonly name?: string
  readonly prompt: string
  readonly schedule: ScheduleRequest
  readonly channel: string
  readonly chatId: string
  readonly model?: string
  readonly deleteAfterRun?: boolean
  readonly policy?: PolicyPatch
  /** false: the job is there and does not fire until somebody enables it. */
  readonly enabled?: boolean
}

export interface UpdateJob {
  readonly type: "update-job"
  readonly jobId: JobId
  readonly name?: string
  readonly prompt?: string
  readonly schedule?: ScheduleRequest
  readonly channel?: string
  readonly chatId?: string
  /** null goes back to the default model. */
  readonly model?: string | null
  readonly deleteAfterRun?: boolean
  readonly policy?: PolicyPatch
}

export interface EnableJob {
  readonly type: "enable-job"
  readonly jobId: JobId
}

export interface DisableJob {
  readonly type: "disable-job"
  readonly jobId: JobId
}

export interface RemoveJob {
  readonly type: "remove-job"
  readonly jobId: JobId
  readonly reason?: "manual" | "clean-up"
}

/** The job fires no more until it is resumed; at `until` the clock resumes it. */
export interface PauseJob {
  readonly type: "pause-job"
  readonly jobId: JobId
  readonly until?: EpochMs
}

/** The job fires again; what passed meanwhile is skipped. */
export interface ResumeJob {
  readonly type: "resume-job"
  readonly jobId: JobId
}

/** The clock's: the planned occurrence `(revision, dueAt)` has passed, and nobody is to run it. */
export interface CatchUpJob {
  readonly type: "catch-up-job"
  readonly jobId: JobId
  readonly revision: Revision
  readonly dueAt: EpochMs
}

/** The scheduler's: the clock was set by hours, or there is new zone data; the plan may be wrong. */
export interface ReplanJob {
  readonly type: "replan-job"
  readonly jobId: JobId
  readonly reason: "clock-jumped" | "zone-data"
}

/** The clock's: claim the occurrence `(revision, dueAt)`, or what catch-up makes of it. */
export interface StartRun {
  readonly type: "start-run"
  readonly jobId: JobId
  readonly runId: RunId
  readonly revision: Revision
  readonly dueAt: EpochMs
  readonly attempt: number
}

/** A person's or an agent's: run now, whatever the plan says; the plan stands. */
export interface RunJob {
  readonly type: "run-job"
  readonly jobId: JobId
  readonly runId: RunId
}

/** How an attempt ended, as its runner saw it. */
export type RunOutcome =
  | { readonly type: "succeeded"; readonly text: string; readonly usage?: Usage }
  | { readonly type: "failed"; readonly error: RunError; readonly retryAt?: EpochMs }
  | { readonly type: "timed-out" }
  | { readonly type: "cancelled"; readonly reason: string }

export interface SettleRun {
  readonly type: "settle-run"
  readonly jobId: JobId
  readonly runId: RunId
  readonly outcome: RunOutcome
}

/** Whoever ran it is gone. */
export interface InterruptRun {
  readonly type: "interrupt-run"
  readonly jobId: JobId
  readonly runId: RunId
  readonly reason: "crash" | "shutdown" | "lease-expired"
}

/** What can be asked of a job. */
export type JobCommand =
  | AddJob
  | UpdateJob
  | EnableJob
  | DisableJob
  | RemoveJob
  | PauseJob
  | ResumeJob
  | CatchUpJob
  | ReplanJob
  | StartRun
  | RunJob
  | SettleRun
  | InterruptRun

export type JobCommandType = JobCommand["type"]

/** Everything a decision may depend on beside the state and the command. */
export interface DecideContext {
  readonly now: EpochMs
  readonly by: Actor
  /** The zone for what names none, and where it comes from. */
  readonly zone: string
  readonly zoneFrom: "configuration" | "host"
  readonly planner: string
  readonly bootId: string
  readonly node: string
  /** What should have woken before this was missed, and is catch-up's; what came later is only late. */
  readonly upSince: EpochMs
  /** What should have woken before this passed while everything was paused. Absent: never. */
  readonly resumedAt?: EpochMs
  /** The channels that are configured; any other is refused. */
  readonly channels: ReadonlyArray<string>
  /** The agents a job may name; absent: nobody checks. */
  readonly agents?: ReadonlyArray<string>
  /** The job that holds the `key` of an add-job now. */
  readonly keyOwner?: JobId
  /** Whether the run this command comes from may write the schedule. Only with `by.runId`. */
  readonly runMayWrite?: boolean
  /** Whether agents see and change the jobs of every chat. */
  readonly agentsSeeAll?: boolean
}

/** The id of a clock's command: the same occurrence can never be claimed twice in any store. */
export const startCommandId = (start: Omit<StartRun, "type" | "runId">): string =>
  `start/${start.jobId}/${start.revision}/${start.dueAt}/${start.attempt}`

/** The id of the command that nobody runs a planned occurrence that has passed. */
export const catchUpCommandId = ({ jobId, revision, dueAt }: CatchUpJob): string =>
  `catch-up/${jobId}/${revision}/${dueAt}`
