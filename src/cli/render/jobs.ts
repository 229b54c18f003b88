import type { JobAnswer } from "../../operations/job-answer.ts"
import type { JobSummary, ListAnswer } from "../../operations/list.ts"
import type { NextAnswer } from "../../operations/next.ts"
import type { JobDetail, ShowAnswer } from "../../operations/show.ts"
import { runLine, runsTable } from "./runs.ts"
import { facts, short, table } from "./table.ts"
import { when } from "./time.ts"

/** What came of a change to a job: a sentence, then what is planned. */
export const changed =
  (verb: string) =>
  (answer: JobAnswer): string =>
    [
      `${verb} "${short(answer.name, 60)}": ${answer.schedule}.`,
      facts([
        ["id", answer.job_id],
        ["state", answer.state],
        ["next", answer.next.map(({ at }) => when(at)).join("\n") || "-"],
        ["zone", zoneWords(answer)],
        ["answers to", `${answer.channel} / ${answer.chat_id}`],
      ]),
      ...answer.warnings.map((warning) => `Note: ${warning}`),
    ].join("\n")

const zoneWords = ({ zone, zone_from }: Pick<JobAnswer, "zone" | "zone_from">): string =>
  zone_from === "job" ? zone : `${zone} (from the ${zone_from})`

/** The jobs there are. */
export const listed = ({ jobs, total, next_cursor }: ListAnswer): string => {
  if (jobs.length === 0) return "No scheduled jobs found."
  const rows = table(
    ["STATE", "NAME", "SCHEDULE", "NEXT", "LAST", "TO", "ID"],
    jobs.map((job) => [
      job.paused ? `${job.state} (paused)` : job.state,
      short(job.name, 32),
      short(job.schedule, 44),
      when(job.next?.at ?? null),
      last(job),
      short(`${job.channel}/${job.chat_id}`, 24),
      job.job_id,
    ]),
  )
  return next_cursor === null
    ? rows
    : `${rows}\n${jobs.length} of ${total}; more with --cursor ${next_cursor}`
}

const last = ({ last_status, last_run_at, disabled_reason }: JobSummary): string => {
  const status = last_status === null ? "-" : `${last_status} ${when(last_run_at)}`
  return disabled_reason === null || disabled_reason === "manual"
    ? status
    : `${status}, ${disabled_reason}`
}

/** A job with its latest runs, or a run whole. */
export const shown = (answer: ShowAnswer): string => {
  if (answer.kind === "run") return runLine(answer.run)
  const runs = answer.runs.length === 0 ? "It has not run yet." : runsTable(answer.runs)
  return `${detail(answer.job)}\n\n${runs}`
}

const pauseEnd = ({ paused_until }: JobDetail): string =>
  paused_until === null ? "somebody resumes it" : when(paused_until)

const detail = (job: JobDetail): string =>
  facts([
    ["id", job.job_id],
    ["name", job.name],
    ["state", job.disabled_reason === null ? job.state : `${job.state} (${job.disabled_reason})`],
    ["paused", job.paused ? `until ${pauseEnd(job)}` : null],
    ["schedule", `${job.schedule} (${JSON.stringify(job.schedule_object)})`],
    ["next", job.next.map(({ at }) => when(at)).join("\n") || "-"],
    ["prompt", job.prompt],
    ["answers to", `${job.channel} / ${job.chat_id}`],
    ["model", job.model ?? "default"],
    ["key", job.key],
    ["last run", job.last_status === null ? "-" : `${job.last_status} ${when(job.last_run_at)}`],
    ["last error", job.last_error],
    ["running", job.open_run_id],
    ["removed after success", job.delete_after_run ? "yes" : null],
    ["policy", JSON.stringify(job.policy)],
    ["made", `${when(job.created_at)}, changed ${when(job.updated_at)}`],
  ])

/** When a schedule comes due. */
export const upcoming = ({ schedule, next, zone, zone_from }: NextAnswer): string =>
  [
    `${schedule[0]?.toUpperCase() ?? ""}${schedule.slice(1)}, zone ${zoneWords({ zone, zone_from })}:`,
    next.length === 0
      ? "  never again"
      : table(
          ["  UTC", "LOCAL"],
          next.map(({ utc, local }) => [utc, local]),
        ).replaceAll(/^(?! )/gm, "  "),
  ].join("\n")

/** An occurrence to come, and the job it is of. */
export interface AgendaEntry {
  readonly at: number
  readonly utc: string
  readonly local: string
  readonly job_id: string
  readonly name: string
}

/** What comes due next, of all jobs. */
export const agenda = ({ due }: { readonly due: ReadonlyArray<AgendaEntry> }): string =>
  due.length === 0
    ? "Nothing is planned."
    : table(
        ["DUE", "NAME", "ID"],
        due.map(({ at, name, job_id }) => [when(at), short(name, 40), job_id]),
      )
