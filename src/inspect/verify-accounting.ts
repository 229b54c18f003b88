import { Effect } from "effect"
import type { UnreadableFact } from "../../events/codec.ts"
import type { EventLog, LogFailed } from "../log/event-log.ts"
import {
  addCounts,
  makeAccounting,
  noCounts,
  type AccountingCounts,
  type AccountingProblem,
} from "./accounting.ts"
import type { Finding, Findings } from "./findings.ts"
import { eachPage } from "./pages.ts"
import { partOf } from "./parts.ts"

type Log = EventLog["Service"]

/** How many jobs are accounted for at once; more of them take several passes over the log. */
const jobsPerPass = 100_000

export interface Accounts {
  readonly upTo: number
  /** Whose computations ours must equal. */
  readonly planner: string
  readonly visited: (count: number) => void
  /** What cannot be. */
  readonly findings: Findings
  /** What another planner computed otherwise. */
  readonly warnings: Findings
}

/** Holds the facts of every job up to a position against each other, and counts what became of all. */
export const verifyAccounting = Effect.fnUntraced(function* (
  log: Log,
  { upTo, planner, visited, findings, warnings }: Accounts,
): Effect.fn.Return<AccountingCounts, LogFailed | UnreadableFact> {
  const passesCount = Math.max(1, Math.ceil((yield* countJobs(log)) / jobsPerPass))
  const found = (problem: AccountingProblem): void =>
    (problem.severity === "error" ? findings : warnings).add(findingOf(problem))
  let counts = noCounts()
  for (let pass = 0; pass < passesCount; pass += 1) {
    const holds = (jobId: string) => partOf(jobId, passesCount) === pass
    const accounting = makeAccounting({ planner, found, holds })
    yield* eachPage(log.read, { after: 0, upTo }, (page) => {
      for (const recorded of page) accounting.take(recorded)
      visited(page.length)
    })
    counts = addCounts(counts, accounting.end())
  }
  return counts
})

const countJobs = Effect.fnUntraced(function* (log: Log) {
  const [row] = yield* log.query(
    "SELECT count(*) AS count FROM events WHERE type = 'job.added' AND version = 1",
  )
  return Number(row?.["count"] ?? 0)
})

const findingOf = ({ kind, jobId, position, against, message }: AccountingProblem): Finding => ({
  what: "accounting",
  position,
  message: `${kind}: job ${jobId}: ${message}${
    against.length === 0 ? "" : ` (against position ${against.join(", ")})`
  }`,
})
