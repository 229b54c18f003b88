import type { JobAnswer, ZoneFrom } from "../operations/job-answer.ts"
import type { JobSummary, ListAnswer } from "../operations/list.ts"
import type { Moment } from "../operations/moment.ts"
import type { NextAnswer } from "../operations/next.ts"
import type { RunStartedAnswer } from "../operations/run.ts"
import type { RunAnswer } from "../operations/run-answer.ts"
import type { RunsAnswer } from "../operations/runs.ts"
import type { WhyAnswer } from "../operations/why.ts"
import { utcTime } from "../../machines/next-due.ts"

/** What a model reads when its job was made. */
export const addedWords = (answer: JobAnswer): string =>
  lines(`Job ${answer.job_id} ${answer.existed ? "exists already" : "added"}.`, planWords(answer))

export const updatedWords = (answer: JobAnswer): string =>
  lines(`Job ${answer.job_id} updated.`, planWords(answer))

export const enabledWords = (answer: JobAnswer): string =>
  lines(`Job ${answer.job_id} enabled.`, planWords(answer))

export const disabledWords = (answer: JobAnswer): string =>
  lines(`Job ${answer.job_id} disabled.`, ...warningWords(answer))

export const removedWords = (answer: JobAnswer): string =>
  lines(`Job ${answer.job_id} deleted.`, ...warningWords(answer))

export const startedWords = (answer: RunStartedAnswer): string =>
  lines(
    `Job ${answer.job_id} runs now: run ${answer.run_id}.`,
    `The answer goes to ${answer.channel}, chat ${answer.chat_id}; cron_runs tells the outcome.`,
    ...warningWords(answer),
  )

/** One line a job. */
export const listWords = ({ jobs, total, next_cursor }: ListAnswer): string => {
  if (jobs.length === 0) return "No scheduled jobs found."
  const more = next_cursor === null ? undefined : `More: cursor ${next_cursor}`
  return lines(`${jobs.length} of ${total} jobs:`, ...jobs.map(jobLine), more)
}

/** One line a run. */
export const runsWords = ({ runs, next_cursor }: RunsAnswer): string => {
  if (runs.length === 0) return "No runs found."
  const more = next_cursor === null ? undefined : `More: cursor ${next_cursor}`
  return lines(...runs.map(runLine), more)
}

export const previewWords = (answer: NextAnswer): string =>
  lines(
    `${answer.schedule}.`,
    ...(answer.next.length === 0 ? ["It has no next time."] : answer.next.map(momentWords)),
    zoneWords(answer),
  )

/** The sentence, and where its facts stand. */
export const whyWords = ({ answer, sentence, positions }: WhyAnswer): string =>
  lines(
    `${answer}: ${sentence}`,
    `Facts at positions ${positions.join(", ") || "none"} of the log.`,
  )

const planWords = (answer: JobAnswer): string =>
  lines(
    `${oneLine(answer.name)}: ${answer.schedule}, to ${answer.channel}, chat ${answer.chat_id}.`,
    answer.next.length === 0 ? "It has no next time." : "Next:",
    ...answer.next.map(momentWords),
    zoneWords(answer),
    ...warningWords(answer),
  )

const momentWords = ({ utc, local }: Moment): string => `- ${utc} = ${local}`

const zoneOrigins: Readonly<Record<ZoneFrom, string>> = {
  job: "of the job",
  configuration: "from the configuration",
  host: "from the host",
}

const zoneWords = (answer: { readonly zone: string; readonly zone_from: ZoneFrom }): string =>
  `Zone: ${answer.zone} (${zoneOrigins[answer.zone_from]}).`

const warningWords = ({ warnings }: JobAnswer): ReadonlyArray<string> =>
  warnings.map((warning) => `Warning: ${warning}`)

const jobLine = (job: JobSummary): string =>
  [
    `- [${job.state}${job.paused ? ", paused" : ""}] ${job.job_id} ${oneLine(job.name)}`,
    job.schedule,
    `${job.channel}, chat ${job.chat_id}, model ${job.model}`,
    job.next === null ? "no next run" : `next ${job.next.utc} = ${job.next.local}`,
    lastWords(job),
  ].join(" | ")

const lastWords = ({ last_run_at, last_status, last_error }: JobSummary): string => {
  if (last_status === null) return "never run"
  const when = last_run_at === null ? "" : ` at ${utcTime(last_run_at)}`
  return `last ${last_status}${when}${last_error === null ? "" : `: ${oneLine(last_error)}`}`
}

const runLine = (run: RunAnswer): string =>
  [
    `- [${run.status}] ${run.run_id} of ${run.job_id}`,
    `started ${utcTime(run.started_at)}`,
    `${run.trigger}, attempt ${run.attempt}`,
    ...(run.duration_ms === null ? [] : [`${run.duration_ms} ms`]),
    ...(run.error === null ? [] : [oneLine(run.error)]),
    ...(run.output === null ? [] : [oneLine(run.output)]),
  ].join(" | ")

/** Names, errors and answers may hold line breaks; a line of a listing may not. */
const oneLine = (text: string): string => text.replaceAll(/\s+/g, " ").trim()

const lines = (...all: ReadonlyArray<string | undefined>): string =>
  all.filter((line) => line !== undefined && line !== "").join("\n")
