import { Effect } from "effect"
import type { UnreadableFact } from "../../events/codec.ts"
import type { EventLog, LogFailed } from "../log/event-log.ts"
import type { AccountingCounts } from "./accounting.ts"
import { makeFindings, type Finding, type Findings } from "./findings.ts"
import { verifyAccounting } from "./verify-accounting.ts"
import { verifyChain } from "./verify-chain.ts"
import { verifyTables } from "./verify-tables.ts"

/** How far a verification has come. */
export interface VerifyProgress {
  readonly phase: "chain" | "tables" | "accounting"
  readonly factsCount: number
  readonly total: number
}

/** What a verification came to. `findings` are the first hundred of `findingsCount`. */
export interface VerifyReport {
  readonly position: number
  /** The last hash of the chain: written down elsewhere, it proves the log up to here. */
  readonly hash: string
  readonly factsCount: number
  readonly rowsCount: number
  readonly findings: ReadonlyArray<Finding>
  readonly findingsCount: number
  /** What another planner computed otherwise than this release does: no fault of the log. */
  readonly warnings: ReadonlyArray<Finding>
  readonly warningsCount: number
  /** What became of every occurrence; null when nobody asked, or a fact could not be read. */
  readonly accounting: AccountingCounts | null
}

export interface VerifyOptions {
  readonly progress?: (progress: VerifyProgress) => void
  /** Whose due times are computed again; without one, no occurrence is accounted for. */
  readonly planner?: string
}

/**
 * Proves the log: walks the chain from the first fact on, then folds every table once more beside
 * the live ones and compares them row by row, then accounts for every occurrence from facts alone.
 * Appends may go on meanwhile. Writes nothing.
 */
export const verify = Effect.fn("verify")(function* (
  log: EventLog["Service"],
  { progress = () => undefined, planner }: VerifyOptions = {},
): Effect.fn.Return<VerifyReport, LogFailed> {
  const findings = makeFindings()
  const warnings = makeFindings()
  const position = yield* log.head
  const report = (phase: VerifyProgress["phase"]) => {
    let factsCount = 0
    return (count: number): void => {
      factsCount += count
      progress({ phase, factsCount, total: position })
    }
  }
  const hash = yield* verifyChain(log, { upTo: position, visited: report("chain") }, findings)
  const rowsCount = yield* readable(verifyTables(log, report("tables"), findings), findings)
  const visited = report("accounting")
  const accounts = { upTo: position, visited, findings, warnings }
  const accounting =
    planner === undefined
      ? null
      : yield* readable(verifyAccounting(log, { ...accounts, planner }), findings)
  return {
    position,
    hash,
    factsCount: position,
    rowsCount: rowsCount ?? 0,
    findings: findings.list(),
    findingsCount: findings.count(),
    warnings: warnings.list(),
    warningsCount: warnings.count(),
    accounting,
  }
})

/** A fact that this release cannot read is found once, and ends what reads facts. */
const readable = <A>(
  reading: Effect.Effect<A, LogFailed | UnreadableFact>,
  findings: Findings,
): Effect.Effect<A | null, LogFailed> =>
  reading.pipe(
    Effect.catchTag("UnreadableFact", ({ message }) =>
      Effect.sync(() => {
        addOnce(findings, { what: "unreadable", message })
        return null
      }),
    ),
    // Facts that were changed may add up to nothing at all; facts that are whole never do so.
    Effect.catchDefect((defect) =>
      findings.count() === 0
        ? Effect.die(defect)
        : Effect.sync(() => {
            const message = `the changed facts cannot be folded: ${String(defect)}`
            addOnce(findings, { what: "unreadable", message })
            return null
          }),
    ),
  )

const addOnce = (findings: Findings, finding: Finding): void => {
  const isKnown = findings.list().some(({ message }) => message === finding.message)
  if (!isKnown) findings.add(finding)
}
