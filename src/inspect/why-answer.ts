import type { Actor } from "../../events/envelope.ts"
import type { Policy } from "../../events/policy.ts"
import type { EpochMs } from "../../events/time.ts"
import type { Nearest } from "./why-near.ts"
import type { RunThen, Source } from "./why-story.ts"

/** What became of a time of a job, and which facts say so. */
export interface Why {
  readonly answer:
    /** It ran. */
    | "ran"
    /** It was skipped, for a reason. */
    | "skipped"
    /** It is due, and waits to be started. */
    | "waiting"
    /** It is still to come. */
    | "not-yet"
    /** It was planned, and something took the plan away before it was due. */
    | "superseded"
    /** The job planned nothing then: not added yet, disabled, paused, changed or removed. */
    | "not-planned"
    /** The schedule has no such time. */
    | "not-an-occurrence"
    /** No fact answers for it: `verify` will have found that too. */
    | "unaccounted"
  /** The due time this is about, or the time that was asked about. */
  readonly dueAt: EpochMs
  /** Why it did not run: the reason of a skip, or what kept the job from planning it. */
  readonly reason: string | null
  /** What of the policy decided. */
  readonly policy: Partial<Policy>
  /** Who did what decided. */
  readonly by: Actor | null
  /** The attempts at it; where it is no occurrence, the runs by hand at that time. */
  readonly runs: ReadonlyArray<RunThen>
  /** The occurrences before and after, where the time itself is none. */
  readonly nearest: Nearest | null
  /** The positions of the facts behind this, in order. */
  readonly positions: ReadonlyArray<number>
  /** One plain sentence. */
  readonly sentence: string
}

type Told = Pick<Why, "answer" | "dueAt" | "sentence"> & Partial<Why>

/** A whole answer: what is not told of does not apply. */
export const answered = (told: Told, ...sources: ReadonlyArray<Source | null>): Why => ({
  reason: null,
  policy: {},
  by: null,
  runs: [],
  nearest: null,
  ...told,
  positions: inOrder(sources.flatMap((source) => (source === null ? [] : [source.position]))),
})

const inOrder = (positions: ReadonlyArray<number>): ReadonlyArray<number> =>
  [...new Set(positions)].toSorted((one, other) => one - other)
