import type { DiffAnswer } from "../../operations/diff.ts"
import type { WhyAnswer } from "../../operations/why.ts"
import { short, table } from "./table.ts"
import { lasting, when } from "./time.ts"

/** Why a job ran at a time, or did not: the sentence, its runs, and where the facts stand. */
export const whyWords = ({ sentence, runs, positions, policy }: WhyAnswer): string =>
  [
    sentence,
    ...(runs.length === 0 ? [] : [runsTable(runs)]),
    ...(Object.keys(policy).length === 0 ? [] : [`Policy: ${JSON.stringify(policy)}`]),
    positions.length === 0
      ? "No fact is behind this."
      : `Facts: ${positions.join(", ")} (\`horolog log --after ${(positions[0] ?? 1) - 1}\`).`,
  ].join("\n")

const runsTable = (runs: WhyAnswer["runs"]): string =>
  table(
    ["OUTCOME", "STARTED", "LATE", "ATTEMPT", "TRIGGER", "ID"],
    runs.map(({ outcome, started_at, late_ms, attempt, trigger, run_id }) => [
      outcome ?? "running",
      when(started_at),
      lasting(late_ms),
      String(attempt),
      trigger,
      run_id,
    ]),
  )

/** What changed, a row at a time. */
export const diffWords = ({ from, to, changes, changes_count }: DiffAnswer): string => {
  const span = `From position ${from.position} (${when(from.at)}) to ${to.position} (${when(to.at)})`
  if (changes_count === 0) return `${span} nothing changed in the tables.`
  const more = changes_count - changes.length
  return [
    `${span}:`,
    ...changes.map(changeWords),
    ...(more > 0 ? [`... and ${more} more`] : []),
  ].join("\n")
}

const changeWords = ({
  table,
  key,
  change,
  before,
  after,
}: DiffAnswer["changes"][number]): string => {
  const head = `${signs[change]} ${table} ${key}`
  if (change !== "changed") return head
  const columns = Object.keys(after ?? {})
  return [head, ...columns.map((column) => columnWords(column, before, after))].join("\n")
}

const signs = { added: "+", removed: "-", changed: "~" } as const

type Row = DiffAnswer["changes"][number]["before"]

const columnWords = (column: string, before: Row, after: Row): string =>
  `    ${column}: ${value(column, before)} -> ${value(column, after)}`

const value = (column: string, row: Row): string => {
  const held = row?.[column] ?? null
  if (held === null) return "-"
  return column.endsWith("_at") && typeof held === "number" ? when(held) : short(String(held), 60)
}
