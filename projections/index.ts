/** What is remembered, as folds over facts, as the library exports them: pure, and no SQL. */
export { outputMax } from "./cut.ts"
export { deliveries, type DeliveryRow } from "./deliveries.ts"
export { jobKeys, type JobKeyRow } from "./job-keys.ts"
export { jobRuns, type JobRunRow } from "./job-runs.ts"
export { project, type Handlers, type Projection } from "./projection.ts"
export { scheduledJobs, type ScheduledJobRow } from "./scheduled-jobs.ts"
