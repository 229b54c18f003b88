import type { Revision } from "./plan.ts"
import type { EpochMs } from "./time.ts"

/**
 * Occurrences of one revision that wait for their turn, one after the other. `after` is the last of
 * them that had it; null: none yet.
 */
export interface Backlog {
  readonly revision: Revision
  readonly from: EpochMs
  readonly to: EpochMs
  /** How many are left; null beyond 1,000. */
  readonly count: number | null
  readonly cause: "catch-up" | "overlap"
  readonly after: EpochMs | null
}

/** What a fact says of occurrences that waited: that those from `from` up to `to` had their turn. */
export interface Turn {
  readonly revision: Revision
  readonly from: EpochMs
  readonly to: EpochMs
  readonly count: number | null
}

/** The span of a recorded `occurrences.queued`, before any of it had its turn. */
export const queued = (fact: Omit<Backlog, "after">): Backlog => ({
  revision: fact.revision,
  from: fact.from,
  to: fact.to,
  count: fact.count,
  cause: fact.cause,
  after: null,
})

/** Whether the occurrence at `dueAt` is one of those that wait. */
export const waits = (
  backlog: ReadonlyArray<Backlog>,
  { revision, dueAt }: { readonly revision: Revision; readonly dueAt: EpochMs },
): boolean =>
  backlog.some(
    (span) =>
      span.revision === revision && dueAt > (span.after ?? span.from - 1) && dueAt <= span.to,
  )

/** What still waits after a turn; all of it when the turn was not one of these occurrences'. */
export const behind = (
  backlog: ReadonlyArray<Backlog>,
  { revision, from, to, count }: Turn,
): ReadonlyArray<Backlog> => {
  if (!waits(backlog, { revision, dueAt: from })) return backlog
  return backlog.flatMap((span) => {
    if (span.revision !== revision || to < span.from || from > span.to) return [span]
    const left = span.count === null || count === null ? span.count : span.count - count
    return to >= span.to ? [] : [{ ...span, after: to, count: left }]
  })
}
