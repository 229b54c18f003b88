import type { FactOf } from "../../events/fact.ts"
import type { Schedule } from "../../events/schedule.ts"
import type { EpochMs } from "../../events/time.ts"
import { nextDue, occurrencesBetween, type Occurrences } from "../../machines/next-due.ts"
import { instant, type QueuedSpan, type Step } from "./accounting-account.ts"
import { owed } from "./accounting-links.ts"

type Skipped = FactOf<"occurrences.skipped">
type Queued = FactOf<"occurrences.queued">

/** What counts for a span that is too long to be counted. */
const uncountedMin = 1_001

/** Occurrences do not run: the planned one and those behind it, or those that waited. */
export const skip = (step: Step, fact: Skipped): void => {
  const { account, counts } = step
  const [waiting] = account.backlog
  const ofBacklog =
    waiting !== undefined && waiting.revision === fact.revision && waiting.from === fact.from
  if (ofBacklog) unqueue(step, waiting, fact)
  else take(step, fact)
  counts.skipped[fact.reason] = (counts.skipped[fact.reason] ?? 0) + (fact.count ?? uncountedMin)
  if (fact.count === null) counts.uncountedSpans += 1
}

/** Occurrences wait for their turn: they are accounted for once they ran or were skipped. */
export const queue = (step: Step, fact: Queued): void => {
  const { account, position, counts } = step
  take(step, fact)
  const { revision, from, to } = fact
  const span = { revision, schedule: account.schedule, from, to, position }
  account.backlog = [...account.backlog, span]
  counts.queued += fact.count ?? uncountedMin
}

/** The first one that waits has its turn; answers whether it was the one at `dueAt`. */
export const takeTurn = (
  { account, counts }: Step,
  { revision, dueAt }: { readonly revision: number; readonly dueAt: EpochMs },
): boolean => {
  const [first, ...others] = account.backlog
  if (first === undefined || first.revision !== revision || first.from !== dueAt) return false
  counts.queued -= 1
  account.backlog = [...behind(first, dueAt), ...others]
  return true
}

/** What is left of a span that waits once everything up to `upTo` is answered for. */
const behind = (span: QueuedSpan, upTo: EpochMs): ReadonlyArray<QueuedSpan> => {
  const from = upTo >= span.to ? undefined : nextDue(span.schedule, upTo)
  return from === undefined || from > span.to ? [] : [{ ...span, from }]
}

const unqueue = (step: Step, waiting: QueuedSpan, fact: Skipped): void => {
  const { account, counts } = step
  if (fact.to > waiting.to) {
    const message = `a span up to ${instant(fact.to)} is skipped, and only those up to ${instant(waiting.to)} waited`
    step.wrong("not-planned", message, [waiting.position])
  }
  checkSpan(step, waiting.schedule, fact)
  counts.queued -= fact.count ?? uncountedMin
  account.backlog = [...behind(waiting, fact.to), ...account.backlog.slice(1)]
}

/** The span begins with the occurrence that is owed, and all of it was due. */
const take = (step: Step, fact: Skipped | Queued): void => {
  const { account, at } = step
  const { revision, from, to } = fact
  checkStart(step, fact)
  if (to > at) {
    step.wrong("early", `the occurrence of ${instant(to)} was given up before it was due`)
  }
  if (account.plan !== null && revision === account.revision) {
    checkSpan(step, account.schedule, fact)
    account.isTaken = true
    account.accountedTo = Math.max(account.accountedTo, from, to)
  }
  account.accountedAt = Math.max(account.accountedAt ?? to, to)
}

const checkStart = (step: Step, { revision, from }: Skipped | Queued): void => {
  const { account } = step
  const dueAt = owed(account)
  if (revision === account.revision && from === dueAt) return
  const isAgain = revision === account.revision && from <= account.accountedTo
  const kind = isAgain ? "twice" : "not-planned"
  const planned = dueAt === undefined ? "nothing" : instant(dueAt)
  const message =
    `a span of revision ${revision} begins at ${instant(from)}, and ${planned} of revision ` +
    `${account.revision} was to come`
  if (account.isTaken && !isAgain) step.differs(kind, message, account.planner)
  else step.wrong(kind, message, [account.planPosition])
}

/** Both ends are occurrences, and there are as many in between as it says. */
const checkSpan = (step: Step, schedule: Schedule, span: Skipped | Queued): void => {
  const { from, to, count } = span
  const told = `${count ?? manyWords} occurrences from ${instant(from)} to ${instant(to)}`
  if (to < from || (count === 1) !== (from === to)) {
    return step.wrong("span", `there cannot be ${told}`)
  }
  const found = occurrencesBetween(schedule, from - 1, to)
  if (found !== undefined && isSameSpan(found, span)) return
  const given =
    found === undefined
      ? "none"
      : `${found.count ?? manyWords} from ${instant(found.first)} to ${instant(found.last)}`
  const message = `${told} were recorded, and the schedule gives ${given}`
  step.differs("span", message, step.account.planner)
}

const manyWords = "more than 1000"

const isSameSpan = (found: Occurrences, { from, to, count }: Skipped | Queued): boolean =>
  found.first === from && found.last === to && found.count === count
