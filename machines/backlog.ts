import type { Backlog } from "../events/backlog.ts"
import type { Cron, Schedule } from "../events/schedule.ts"
import type { EpochMs } from "../events/time.ts"
import { nextDue } from "./next-due.ts"

/** The due time of the occurrence that has its turn next. Its ends were recorded: they always hold. */
export const nextOfBacklog = (schedule: Schedule, { from, to, after }: Backlog): EpochMs =>
  after === null ? from : Math.min(nextDue(schedule, after) ?? to, to)

interface Ends {
  readonly first: EpochMs
  readonly last: EpochMs
}

/** The first of the last `countMax` occurrences between two, both of them included. */
export const firstOfLast = (
  schedule: Schedule,
  { first, last }: Ends,
  countMax: number,
): EpochMs => {
  if (countMax === Infinity || schedule.type === "at") return first
  if (schedule.type === "every") return Math.max(first, last - (countMax - 1) * schedule.everyMs)
  return hasMore(schedule, { first, last }, countMax)
    ? searched(schedule, { first, last }, countMax)
    : first
}

/** Found by halving, so that the cost grows with the number of occurrences kept, not with the span. */
const searched = (schedule: Cron, { first, last }: Ends, countMax: number): EpochMs => {
  let tooMany = first
  let few = last
  while (few - tooMany > 1) {
    const middle = tooMany + Math.floor((few - tooMany) / 2)
    if (hasMore(schedule, { first: middle, last }, countMax)) tooMany = middle
    else few = middle
  }
  return nextDue(schedule, few - 1) ?? last
}

/** Whether more than `countMax` occurrences lie between, both ends included. */
const hasMore = (schedule: Cron, { first, last }: Ends, countMax: number): boolean => {
  let count = 0
  let dueAt = nextDue(schedule, first - 1)
  while (dueAt !== undefined && dueAt <= last && count <= countMax) {
    count += 1
    dueAt = nextDue(schedule, dueAt)
  }
  return count > countMax
}
