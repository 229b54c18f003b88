import type { EpochMs } from "../../events/time.ts"
import type { JobState, OpenRun } from "../state.ts"

/** A run that has just ended. */
export interface Settled {
  readonly run: OpenRun
  /** The job with the outcome folded in. */
  readonly state: JobState
  readonly how: "succeeded" | "failed" | "timed-out" | "cancelled" | "interrupted"
  /** When to try again, if trying again can help and is wanted. */
  readonly retryAt: EpochMs | undefined
  /** Until when there is no quota, where the provider said so. */
  readonly quotaUntil?: EpochMs
  /** What went wrong, in words. */
  readonly trouble?: string
}
