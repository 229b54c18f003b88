import type { Chat, JobId, RunId } from "./ids.ts"

/** The streams of the log; `version` counts within one of them. */
export const jobStream = (jobId: JobId): string => `job-${jobId}`
export const runStream = (runId: RunId): string => `run-${runId}`
export const sessionStream = ({ channel, chatId }: Chat): string => `session-${channel}:${chatId}`
export const clockStream = "clock"
export const systemStream = "system"
export const auditStream = "audit"

/** The job a stream tells of, if it is a job's. */
export const jobOfStream = (stream: string): JobId | undefined =>
  stream.startsWith("job-") ? stream.slice("job-".length) : undefined

/** The run a stream tells of, if it is a run's. */
export const runOfStream = (stream: string): RunId | undefined =>
  stream.startsWith("run-") ? stream.slice("run-".length) : undefined
