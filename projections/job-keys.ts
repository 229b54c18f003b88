import type { JobFact } from "../events/fact.ts"
import { jobOfStream, jobStream } from "../events/stream.ts"
import { gone, none, unchanged, type Projection } from "./projection.ts"

/** One row per job that was given a key. A key is held by one job at a time. */
export interface JobKeyRow {
  readonly job_id: string
  readonly key: string
}

/** `job_keys`: which job holds a key; it is free again when the job is removed. */
export const jobKeys: Projection<JobKeyRow, JobFact> = {
  table: "job_keys",
  key: "job_id",
  keys: ({ fact, stream }) => {
    const jobId = jobOfStream(stream)
    const isKeyless = fact.type === "job.added" && fact.key === null
    return jobId === undefined || isKeyless ? none : [jobId]
  },
  begins: ["job.added"],
  shows: [],
  streams: ({ job_id }) => [jobStream(job_id)],
  handlers: {
    "job.added": (_row, { fact, stream }) =>
      fact.key === null ? undefined : { job_id: jobOfStream(stream) ?? fact.jobId, key: fact.key },
    "job.removed": gone,
    "job.updated": unchanged,
    "job.rescheduled": unchanged,
    "job.replanned": unchanged,
    "retry.planned": unchanged,
    "job.enabled": unchanged,
    "job.disabled": unchanged,
    "job.paused": unchanged,
    "job.resumed": unchanged,
    "job.disable-requested": unchanged,
    "job.removal-requested": unchanged,
    "run.started": unchanged,
    "run.succeeded": unchanged,
    "run.failed": unchanged,
    "run.timed-out": unchanged,
    "run.cancelled": unchanged,
    "run.gated": unchanged,
    "run.interrupted": unchanged,
    "run.answered-late": unchanged,
    "occurrences.queued": unchanged,
    "occurrences.skipped": unchanged,
    "alert.raised": unchanged,
    "alert.cleared": unchanged,
  },
}
