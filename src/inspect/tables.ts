import type { Recorded } from "../../events/envelope.ts"
import type { Fact, JobFact } from "../../events/fact.ts"
import { jobOfStream } from "../../events/stream.ts"
import type { JobState } from "../../machines/state.ts"
import { evolve, initial } from "../../machines/table.ts"
import { deliveries } from "../../projections/deliveries.ts"
import { jobKeys } from "../../projections/job-keys.ts"
import { jobRuns } from "../../projections/job-runs.ts"
import { project, touched, type Projection } from "../../projections/projection.ts"
import { scheduledJobs } from "../../projections/scheduled-jobs.ts"
import type { Row } from "../log/event-log.ts"

const projections = [scheduledJobs, jobRuns, deliveries, jobKeys] as unknown as ReadonlyArray<
  Projection<Row, Fact>
>

/** What the log adds up to, folded in memory: every table by its name, each row by its key. */
export interface Folded {
  readonly position: number
  readonly tables: ReadonlyMap<string, ReadonlyMap<string, Row>>
  readonly states: ReadonlyMap<string, JobState>
}

/** A fold under way: facts go in one by one, in order; what they add up to can be read any time. */
export const makeFold = (): {
  readonly take: (recorded: Recorded) => void
  readonly folded: () => Folded
} => {
  const tables = new Map(projections.map(({ table }) => [table, new Map<string, Row>()]))
  const states = new Map<string, JobState>()
  let position = 0
  const take = (recorded: Recorded): void => {
    position = recorded.position
    for (const projection of projections) {
      foldInto(tables.get(projection.table) ?? new Map<string, Row>(), projection, recorded)
    }
    const jobId = jobOfStream(recorded.stream)
    if (jobId === undefined) return
    states.set(jobId, evolve(states.get(jobId) ?? initial, recorded.fact as JobFact))
  }
  return { take, folded: () => ({ position, tables, states }) }
}

const foldInto = (
  rows: Map<string, Row>,
  projection: Projection<Row, Fact>,
  recorded: Recorded,
): void => {
  for (const key of touched(projection, recorded)) {
    const row = project(projection, rows.get(key), recorded)
    if (row === undefined) rows.delete(key)
    else rows.set(key, row)
  }
}

/** The column that names the rows of each table. */
export const tableKeys: ReadonlyArray<readonly [table: string, key: string]> = projections.map(
  ({ table, key }) => [table, key],
)

/** Where a table differs from what the log adds up to: the keys of rows that are not equal. */
export const differences = (
  folded: ReadonlyMap<string, Row>,
  stored: ReadonlyMap<string, Row>,
): ReadonlyArray<string> => {
  const keys = new Set([...folded.keys(), ...stored.keys()])
  return [...keys].filter((key) => !sameRow(folded.get(key), stored.get(key)))
}

const sameRow = (one: Row | undefined, other: Row | undefined): boolean => {
  if (one === undefined || other === undefined) return one === other
  const columns = new Set([...Object.keys(one), ...Object.keys(other)])
  return [...columns].every((column) => valueOf(one, column) === valueOf(other, column))
}

/** A column without a value is null in SQL and may be absent here; text is stored well-formed. */
const valueOf = (row: Row, column: string): string | number | null => {
  const value = row[column] ?? null
  return typeof value === "string" ? value.toWellFormed().replaceAll("\0", "\uFFFD") : value
}
