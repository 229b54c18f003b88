import { Effect } from "effect"
import type { EventLog, LogFailed } from "../log/event-log.ts"
import { makeFindings, type Finding, type Findings } from "./findings.ts"
import { verifyChain } from "./verify-chain.ts"
import { verifyTables } from "./verify-tables.ts"

/** How far a verification has come. */
export interface VerifyProgress {
  readonly phase: "chain" | "tables"
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
}

/**
 * Proves the log: walks the chain from the first fact on, then folds every table once more beside
 * the live ones and compares them row by row. Appends may go on meanwhile. Writes nothing.
 */
export const verify = Effect.fn("verify")(function* (
  log: EventLog["Service"],
  progress: (progress: VerifyProgress) => void = () => undefined,
): Effect.fn.Return<VerifyReport, LogFailed> {
  const findings = makeFindings()
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
  return {
    position,
    hash,
    factsCount: position,
    rowsCount,
    findings: findings.list(),
    findingsCount: findings.count(),
  }
})

/** A fact that this release cannot read is found, and ends the comparison of the tables. */
const readable = (
  comparison: ReturnType<typeof verifyTables>,
  findings: Findings,
): Effect.Effect<number, LogFailed> =>
  comparison.pipe(
    Effect.catchTag("UnreadableFact", ({ message }) =>
      Effect.sync(() => {
        findings.add({ what: "unreadable", message })
        return 0
      }),
    ),
    // Facts that were changed may add up to nothing at all; facts that are whole never do so.
    Effect.catchDefect((defect) =>
      findings.count() === 0
        ? Effect.die(defect)
        : Effect.sync(() => {
            const message = `the changed facts cannot be folded: ${String(defect)}`
            findings.add({ what: "unreadable", message })
            return 0
          }),
    ),
  )
