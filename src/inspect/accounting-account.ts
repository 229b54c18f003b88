import type { JobId, RunId } from "../../events/ids.ts"
import type { DisabledReason } from "../../events/job.ts"
import type { Plan } from "../../events/plan.ts"
import type { Policy } from "../../events/policy.ts"
import type { SkipReason, Trigger } from "../../events/run.ts"
import type { Schedule } from "../../events/schedule.ts"
import type { EpochMs } from "../../events/time.ts"

/** What can be wrong with the account that the facts of a job give of its occurrences. */
export type ProblemKind =
  /** A fact that cannot be where it is: before the job was added, after it was removed, ... */
  | "life"
  /** A plan that does not begin where the one before it ended. */
  | "chain"
  /** A plan that was replaced though its occurrence neither ran nor was skipped nor superseded. */
  | "moved"
  /** A revision that does not follow the one before it. */
  | "revision"
  /** An occurrence that was due, and that no fact answers for. */
  | "lost"
  /** An occurrence that is claimed or skipped a second time. */
  | "twice"
  /** A start or a span of what was not planned. */
  | "not-planned"
  /** A run or a span before its time. */
  | "early"
  /** A lateness that is not the distance between the due time and the start. */
  | "lateness"
  /** Two open runs of one job. */
  | "overlap"
  /** A last open run whose end is not followed by exactly one of the four facts that may follow. */
  | "settlement"
  /** A further attempt that was not planned, or may not be. */
  | "retry"
  /** A due time that the schedule does not give. */
  | "due-time"
  /** A span whose ends or count the schedule does not give. */
  | "span"

/** Something in the facts of a job that cannot be, or that this release computes otherwise. */
export interface AccountingProblem {
  /** A warning: another planner computed it, and ours comes to something else. */
  readonly severity: "error" | "warning"
  readonly kind: ProblemKind
  readonly jobId: JobId
  /** The fact that is wrong, or in which it showed. */
  readonly position: number
  /** Other facts that it does not agree with. */
  readonly against: ReadonlyArray<number>
  /** One plain sentence. */
  readonly message: string
}

/** What became of every occurrence that was ever planned, and of what was asked for besides. */
export interface AccountingCounts {
  /** Occurrences that ran: first attempts. */
  ran: number
  /** Further attempts at these. */
  retried: number
  /** Runs that people and agents asked for; they claim no occurrence. */
  manual: number
  /** Occurrences that were skipped, by reason; a span too long to be counted counts as 1,001. */
  readonly skipped: Partial<Record<SkipReason, number>>
  /** Spans among these that are longer than that. */
  uncountedSpans: number
  /** Plans that were replaced or dropped before they were due. */
  superseded: number
  /** Occurrences that wait behind another one. */
  queued: number
  /** Plans that stand. */
  planned: number
}

/** An attempt that has no outcome yet. */
export interface AccountedRun {
  readonly runId: RunId
  readonly revision: number
  readonly dueAt: EpochMs
  readonly attempt: number
  readonly trigger: Trigger
  readonly position: number
}

/** Occurrences that wait for their turn. */
export interface QueuedSpan {
  readonly revision: number
  readonly schedule: Schedule
  readonly from: EpochMs
  readonly to: EpochMs
  readonly position: number
}

/** The end of the last open run, until its batch is over. */
export interface Closing {
  readonly run: AccountedRun
  readonly how: "succeeded" | "failed" | "timed-out" | "cancelled" | "gated" | "interrupted"
  readonly position: number
  /** What followed; exactly one has to. */
  readonly endings: Array<string>
}

/** Further attempt at an occurrence. */
export interface AccountedRetry {
  readonly revision: number
  readonly dueAt: EpochMs
  readonly attempt: number
  readonly wakeAt: EpochMs
  readonly position: number
}

/** What the facts of one job say so far, as far as the next fact has to agree with it. */
export interface Account {
  readonly jobId: JobId
  schedule: Schedule
  policy: Policy
  revision: number
  /** The last plan; null when nothing is planned. */
  plan: Plan | null
  planPosition: number
  /** Whether a span took the plan's occurrence, and what follows is not said yet. */
  isTaken: boolean
  /** What is accounted for under the present revision, up to and including. */
  accountedTo: EpochMs
  /** The latest due time that was claimed, skipped or queued under any revision. */
  accountedAt: EpochMs | null
  claimedCount: number
  backlog: ReadonlyArray<QueuedSpan>
  retry: AccountedRetry | null
  readonly openRuns: Map<RunId, AccountedRun>
  disabledReason: DisabledReason | null
  asked: "nothing" | "disable" | "removal"
  paused: { readonly until: EpochMs | null } | null
  /** Who planned last, as far as these facts tell. */
  planner: string
  /** The command whose facts are being read, and the last of them. */
  batch: string
  batchPosition: number
  batchAt: EpochMs
  closing: Closing | undefined
}

/** One fact on its way into an account. */
export interface Step {
  readonly account: Account
  readonly position: number
  readonly at: EpochMs
  readonly counts: AccountingCounts
  /** Says that something cannot be. */
  readonly wrong: (kind: ProblemKind, message: string, against?: ReadonlyArray<number>) => void
  /** Says that the schedule gives something else; `planner` is whose computation it was. */
  readonly differs: (kind: ProblemKind, message: string, planner: string) => void
}

/** An instant as a sentence shows it. */
export const instant = (at: EpochMs): string =>
  Math.abs(at) <= instantMax ? new Date(at).toISOString() : `${at}`

/** The furthest instant a date can hold. */
const instantMax = 8_640_000_000_000_000
