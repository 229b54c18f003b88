import { Effect } from "effect"
import { isDeepStrictEqual } from "node:util"
import { transition } from "xstate"
import type { JobFact } from "../../events/fact.ts"
import { jobOfStream } from "../../events/stream.ts"
import { jobMachine } from "../../machines/job.ts"
import { isWaiting, stateName, type JobState } from "../../machines/state.ts"
import { fromSnapshot, initial, toSnapshot } from "../../machines/table.ts"
import { projections, type AnyRow } from "../../projections/all.ts"
import type { EventLog } from "../../src/log/event-log.ts"
import { accountOf } from "../../src/inspect/accounting.ts"
import { makeShadow } from "../../src/inspect/shadow.ts"
import { makeFindings } from "../../src/inspect/findings.ts"
import { verifyChain } from "../../src/inspect/verify-chain.ts"
import { verify } from "../../src/inspect/verify.ts"
import type { Outside } from "./outside.ts"
import { planner } from "./ports.ts"
import { wakeOf } from "./quiet.ts"
import { mustHold } from "./violation.ts"
import type { Watch } from "./watch.ts"

type Log = EventLog["Service"]

/** What is held against the log after a crash. */
export interface Checked {
  readonly watch: Watch
  readonly outside: Outside
}

/**
 * The log as a new process finds it: whole, with everything in it that anybody was ever shown, its
 * tables what its facts add up to, and every occurrence accounted for.
 */
export const checkOpened = Effect.fnUntraced(function* (log: Log, { watch, outside }: Checked) {
  yield* checkRows(log, watch)
  for (const recorded of yield* log.read({ after: watch.position() })) watch.see(recorded)
  yield* checkAnswers(log, outside)
  yield* checkTables(log, watch)
  outside.check(watch)
})

/** The same from nothing: what `verify` says, a rebuild, the accounts, and the drawing itself. */
export const checkWhole = Effect.fnUntraced(function* (log: Log, checked: Checked) {
  const report = yield* verify(log)
  mustHold(report.findingsCount === 0, "verify", () => JSON.stringify(report.findings))
  yield* log.rebuild
  yield* checkTables(log, checked.watch)
  const facts = yield* log.read({})
  const { problems } = accountOf(facts, planner)
  mustHold(problems.length === 0, "accounting", () => JSON.stringify(problems[0]))
  checkMachine(checked.watch)
  yield* checkOpened(log, checked)
})

/** The chain holds from the first fact on, and what was shown stands where it stood. */
const checkRows = Effect.fnUntraced(function* (log: Log, watch: Watch) {
  const findings = makeFindings()
  yield* verifyChain(log, { upTo: yield* log.head, visited: () => undefined }, findings)
  mustHold(findings.count() === 0, "chain", () => JSON.stringify(findings.list()))
  const rows = yield* log.query("SELECT position, event_id FROM events ORDER BY position")
  const shown = watch.facts()
  mustHold(rows.length >= shown.length, "nothing shown is lost", () => {
    return `${shown.length} facts were shown, and ${rows.length} are there`
  })
  for (const [index, { eventId, position }] of shown.entries()) {
    mustHold(rows[index]?.["event_id"] === eventId, "nothing shown is lost", () => {
      return `${eventId} was at ${position}, and now ${rows[index]?.["event_id"] ?? "nothing"} is`
    })
  }
})

const checkAnswers = Effect.fnUntraced(function* (log: Log, outside: Outside) {
  for (const { commandId, result } of outside.told().values()) {
    const answer = yield* log.answer(commandId)
    mustHold(answer?.result === result, "nothing acknowledged is lost", () => {
      return `${commandId} was answered ${result}, and now it is ${answer?.result ?? "unknown"}`
    })
  }
})

const checkTables = Effect.fnUntraced(function* (log: Log, watch: Watch) {
  const expected = (yield* shadowOf(log, watch)).tables()
  for (const { table, key } of projections) {
    const rows = yield* log.query(`SELECT * FROM ${table} ORDER BY ${key}`)
    const wanted: ReadonlyArray<AnyRow> = expected[table] as unknown as ReadonlyArray<AnyRow>
    mustHold(rows.length === wanted.length, "tables", () => {
      return `${table} has ${rows.length} rows, and its facts come to ${wanted.length}`
    })
    for (const [index, row] of rows.entries()) {
      mustHold(isDeepStrictEqual({ ...row }, { ...wanted[index] }), "tables", () => {
        return `${table}: ${JSON.stringify(row)} should be ${JSON.stringify(wanted[index])}`
      })
    }
    if (table === "scheduled_jobs") checkStates(rows, watch)
  }
})

/** Once a text is erased, the tables are what the facts come to without it. */
const shadowOf = Effect.fnUntraced(function* (log: Log, watch: Watch) {
  if (watch.counts.erasures === 0) return watch.shadow
  const shadow = makeShadow()
  for (const recorded of yield* log.read({})) shadow.fold(recorded)
  return shadow
})

/** The row of every job says what its state says. */
const checkStates = (rows: ReadonlyArray<AnyRow>, watch: Watch): void => {
  const byId = new Map(rows.map((row) => [row["id"], row]))
  for (const [jobId, state] of watch.states()) {
    const row = byId.get(jobId)
    const isThere = state.value !== "removed" && state.value !== "absent"
    mustHold(isThere === (row !== undefined), "row and state", () => `${jobId} is ${state.value}`)
    if (row === undefined) continue
    const wanted = rowOf(state, watch.lastAt(jobId))
    for (const [column, value] of Object.entries(wanted)) {
      mustHold(row[column] === value, "row and state", () => {
        return `${jobId} (${state.value}): ${column} is ${row[column]}, and its state says ${value}`
      })
    }
  }
}

const rowOf = (state: JobState, lastAt: number): AnyRow => {
  const { value, context } = state
  const { plan, retry, backlog, openRuns, failuresInRow, disabledReason, paused } = context
  const [openRunId = null] = Object.keys(openRuns)
  const jsonOf = (part: unknown): string | null => (part === null ? null : JSON.stringify(part))
  return {
    state: stateName(value),
    open_run_id: openRunId,
    failures_in_row: failuresInRow,
    disabled_reason: disabledReason,
    enabled: disabledReason === null ? 1 : 0,
    paused: paused ? 1 : 0,
    plan: jsonOf(plan),
    retry: jsonOf(retry),
    backlog: backlog.length === 0 ? null : jsonOf(backlog),
    ...(isWaiting(value) && { wake_at: wakeOf(state, lastAt) ?? null }),
  }
}

/** The drawing, walked fact by fact, ends where the table says. */
const checkMachine = (watch: Watch): void => {
  const snapshots = new Map<string, ReturnType<typeof toSnapshot>>()
  for (const { stream, fact } of watch.facts()) {
    const jobId = jobOfStream(stream)
    if (jobId === undefined) continue
    const before = snapshots.get(jobId) ?? toSnapshot(initial)
    snapshots.set(jobId, transition(jobMachine, before, fact as JobFact)[0])
  }
  for (const [jobId, snapshot] of snapshots) {
    mustHold(
      isDeepStrictEqual(fromSnapshot(snapshot), watch.state(jobId)),
      "machine and table",
      () => {
        return `the drawing leaves ${jobId} in ${fromSnapshot(snapshot).value}`
      },
    )
  }
}
