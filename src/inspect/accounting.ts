import type { Recorded } from "../../events/envelope.ts"
import type { JobFact } from "../../events/fact.ts"
import type { JobId } from "../../events/ids.ts"
import type { SkipReason } from "../../events/run.ts"
import { jobOfStream } from "../../events/stream.ts"
import type {
  Account,
  AccountingCounts,
  AccountingProblem,
  ProblemKind,
  Step,
} from "./accounting-account.ts"
import { check, endBatch } from "./accounting-checks.ts"

export type { AccountingCounts, AccountingProblem, ProblemKind } from "./accounting-account.ts"

/** The accounting under way: facts go in one by one, in the order of the log. */
export interface Accounting {
  /** Takes whatever fact it is; those that are no job's say only who plans. */
  readonly take: (recorded: Recorded) => void
  /** All facts are read: what the last of them left open is told, and all is counted. */
  readonly end: () => AccountingCounts
}

export interface AccountingOptions {
  /** Whose computations ours must equal; those of another one may differ. */
  readonly planner: string
  readonly found: (problem: AccountingProblem) => void
  /** Which jobs to look at, for those who have no room for all at once. */
  readonly holds?: (jobId: JobId) => boolean
}

/**
 * Checks from facts alone that every occurrence of every job ran, was skipped for a reason, or was
 * superseded before it was due; then computes each due time and each span again. It keeps a few
 * hundred bytes a job, however long its history is.
 */
export const makeAccounting = (options: AccountingOptions): Accounting => {
  const { found, holds = everyJob } = options
  const accounts = new Map<JobId, Account | "removed">()
  const counts = noCounts()
  let planner: string | undefined

  const stepOf = (account: Account, position: number, at: number): Step => {
    const tell =
      (severity: "error" | "warning", kind: ProblemKind, message: string) =>
      (against: ReadonlyArray<number> = []) =>
        found({ severity, kind, jobId: account.jobId, position, against, message })
    return {
      account,
      position,
      at,
      counts,
      wrong: (kind, message, against) => tell("error", kind, message)(against),
      differs: (kind, message, whose) =>
        tell(whose === options.planner ? "error" : "warning", kind, message)(),
    }
  }

  const lifeProblem = (jobId: JobId, position: number, message: string): void =>
    found({ severity: "error", kind: "life", jobId, position, against: [], message })

  const take = (recorded: Recorded): void => {
    const { fact, stream, position } = recorded
    if (fact.type === "scheduler.started") planner = fact.planner
    const jobId = jobOfStream(stream)
    if (jobId === undefined || !holds(jobId)) return
    const known = accounts.get(jobId)
    if (known === "removed") {
      return lifeProblem(jobId, position, `${fact.type} comes after the job was removed`)
    }
    const account = known ?? newAccount(recorded)
    if (account === undefined) {
      return lifeProblem(jobId, position, `${fact.type} comes before the job was added`)
    }
    if (known !== undefined && fact.type === "job.added") {
      return lifeProblem(jobId, position, "the job is added a second time")
    }
    takeInto(account, recorded)
    accounts.set(jobId, fact.type === "job.removed" ? "removed" : account)
  }

  const takeInto = (account: Account, recorded: Recorded): void => {
    const batch = batchOf(recorded)
    if (batch !== account.batch) endBatchOf(account)
    const { position, at, fact } = recorded
    Object.assign(account, { batch, batchPosition: position, batchAt: at })
    account.planner = planner ?? account.planner
    check(stepOf(account, position, at), fact as JobFact)
    if (fact.type === "job.removed") endBatchOf(account)
  }

  const endBatchOf = (account: Account): void =>
    endBatch(stepOf(account, account.batchPosition, account.batchAt))

  const end = (): AccountingCounts => {
    for (const account of accounts.values()) {
      if (account === "removed") continue
      endBatchOf(account)
      if (account.plan !== null && !account.isTaken) counts.planned += 1
    }
    return counts
  }

  return { take, end }
}

/** The whole account of some facts at once. */
export const accountOf = (
  facts: Iterable<Recorded>,
  planner: string,
): { readonly problems: ReadonlyArray<AccountingProblem>; readonly counts: AccountingCounts } => {
  const problems: Array<AccountingProblem> = []
  const accounting = makeAccounting({ planner, found: (problem) => problems.push(problem) })
  for (const recorded of facts) accounting.take(recorded)
  return { counts: accounting.end(), problems }
}

/** What two accountings of different jobs come to together. */
export const addCounts = (one: AccountingCounts, other: AccountingCounts): AccountingCounts => {
  const skipped = { ...one.skipped }
  for (const [reason, count] of Object.entries(other.skipped) as ReadonlyArray<
    [SkipReason, number]
  >) {
    skipped[reason] = (skipped[reason] ?? 0) + count
  }
  return {
    ran: one.ran + other.ran,
    retried: one.retried + other.retried,
    manual: one.manual + other.manual,
    skipped,
    uncountedSpans: one.uncountedSpans + other.uncountedSpans,
    superseded: one.superseded + other.superseded,
    queued: one.queued + other.queued,
    planned: one.planned + other.planned,
  }
}

const everyJob = (): boolean => true

/** Facts of one command are one batch, and `eventId` is the command's id and a number. */
const batchOf = ({ eventId }: Recorded): string => eventId.slice(0, eventId.lastIndexOf("/"))

/** A job's account begins with the fact that it was added; with any other, there is none. */
const newAccount = ({ fact, position, at }: Recorded): Account | undefined => {
  if (fact.type !== "job.added") return undefined
  const { jobId, schedule, policy, plan } = fact
  return {
    jobId,
    schedule,
    policy,
    revision: 0,
    plan: null,
    planPosition: position,
    isTaken: false,
    accountedTo: at,
    accountedAt: null,
    claimedCount: 0,
    backlog: [],
    retry: null,
    openRuns: new Map(),
    disabledReason: null,
    asked: "nothing",
    paused: null,
    planner: plan.planner,
    batch: "",
    batchPosition: position,
    batchAt: at,
    closing: undefined,
  }
}

/** Nothing counted yet. */
export const noCounts = (): AccountingCounts => ({
  ran: 0,
  retried: 0,
  manual: 0,
  skipped: {},
  uncountedSpans: 0,
  superseded: 0,
  queued: 0,
  planned: 0,
})
