import type { Fact } from "../events/fact.ts"
import { deliveries, type DeliveryRow } from "./deliveries.ts"
import { jobKeys, type JobKeyRow } from "./job-keys.ts"
import { jobRuns, type JobRunRow } from "./job-runs.ts"
import type { Projection } from "./projection.ts"
import { scheduledJobs, type ScheduledJobRow } from "./scheduled-jobs.ts"

/** The rows of every table, by its name. */
export interface Tables {
  readonly scheduled_jobs: ReadonlyArray<ScheduledJobRow>
  readonly job_runs: ReadonlyArray<JobRunRow>
  readonly deliveries: ReadonlyArray<DeliveryRow>
  readonly job_keys: ReadonlyArray<JobKeyRow>
}

/** A row of whichever table. */
export type AnyRow = Readonly<Record<string, string | number | null>>

/** Every table that the log adds up to, for those to whom one is like the other. */
export const projections = [
  scheduledJobs,
  jobRuns,
  deliveries,
  jobKeys,
] as unknown as ReadonlyArray<Projection<AnyRow, Fact> & { readonly table: keyof Tables }>
