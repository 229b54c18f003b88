import { Effect, Schema } from "effect"
import { projections } from "../../../projections/all.ts"
import type { AccountingCounts } from "../../inspect/accounting.ts"
import type { Finding } from "../../inspect/findings.ts"
import { verify as verifyLog } from "../../inspect/verify.ts"
import { EventLog } from "../../log/event-log.ts"
import { defineOperation } from "../../operations/operation.ts"
import { Settings } from "../../settings.ts"
import { readable } from "./readable.ts"

const Problem = Schema.Struct({
  /** gap, chain, text, version, unreadable, accounting, or the table whose row differs. */
  where: Schema.String,
  position: Schema.NullOr(Schema.Int),
  message: Schema.String,
})

const Occurrences = Schema.Struct({
  ran: Schema.Int,
  retried: Schema.Int,
  manual: Schema.Int,
  /** By reason; a span of more than 1,000 counts as 1,001. */
  skipped: Schema.Record(Schema.String, Schema.Int),
  superseded: Schema.Int,
  queued: Schema.Int,
  planned: Schema.Int,
})

export const VerifyAnswer = Schema.Struct({
  ok: Schema.Boolean,
  head: Schema.Int,
  /** The hash of the last fact: it stands for the whole log. */
  hash: Schema.String,
  /** How many rows of the tables were compared. */
  rows: Schema.Int,
  /** The first of them, and how many there are. */
  problems: Schema.Array(Problem),
  problems_count: Schema.Int,
  /** What another planner computed otherwise than this release does: no fault of the log. */
  warnings: Schema.Array(Problem),
  warnings_count: Schema.Int,
  /** What became of every occurrence; null when facts could not be read. */
  occurrences: Schema.NullOr(Occurrences),
})
export type VerifyAnswer = typeof VerifyAnswer.Type

/** Proves that the log is whole and that the tables are what it adds up to. It writes nothing. */
export const verify = defineOperation({
  name: "verify",
  title: "Prove that the log is whole, and every occurrence accounted for",
  kind: "read",
  input: Schema.Struct({}),
  output: VerifyAnswer,
  run: Effect.fn("verify")(function* () {
    const { planner } = yield* Settings
    const log = yield* EventLog
    const report = yield* verifyLog(log, { planner })
    yield* log.durable
    const { position, hash, rowsCount, findings, findingsCount, accounting } = report
    return {
      ok: findingsCount === 0,
      head: position,
      hash,
      rows: rowsCount,
      problems: findings.map(problemOf),
      problems_count: findingsCount,
      warnings: report.warnings.map(problemOf),
      warnings_count: report.warningsCount,
      occurrences: accounting === null ? null : occurrencesOf(accounting),
    }
  }),
})

const occurrencesOf = ({ uncountedSpans: _uncounted, ...counts }: AccountingCounts) => ({
  ...counts,
  skipped: { ...counts.skipped },
})

const problemOf = ({ what, position, row, message }: Finding) => ({
  where: row?.table ?? what,
  position: position ?? null,
  message,
})

/** Folds the tables again from the log. */
export const rebuild = defineOperation({
  name: "rebuild",
  title: "Fold the tables again from the log",
  kind: "write",
  input: Schema.Struct({}),
  output: Schema.Struct({ head: Schema.Int, rows: Schema.Record(Schema.String, Schema.Int) }),
  run: Effect.fn("rebuild")(function* () {
    const log = yield* EventLog
    yield* readable(log.rebuild)
    yield* log.durable
    const counts = yield* Effect.forEach(projections, ({ table }) =>
      Effect.map(log.query(`SELECT count(*) AS count FROM ${table}`), ([row]) => [
        table,
        Number(row?.["count"] ?? 0),
      ]),
    )
    return { head: yield* log.head, rows: Object.fromEntries(counts) as Record<string, number> }
  }),
})
