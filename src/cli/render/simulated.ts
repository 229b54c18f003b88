import { localMinute } from "../../../machines/next-due.ts"
import type { SimulateAnswer } from "../../operations/simulate-answer.ts"
import { short, table } from "./table.ts"
import { lasting, when } from "./time.ts"

const listedMax = 10

/** What would fire when: in all, job by job, and where it is worth a second look. */
export const simulatedWords = (answer: SimulateAnswer): string =>
  [
    totals(answer),
    jobs(answer),
    section("Most runs at once", answer.peaks.map(peakWords(answer)), answer.peaks.length),
    section(
      "Due at the same instant",
      answer.collisions.map(collisionWords(answer)),
      answer.totals.collisions,
    ),
    section("Skipped", answer.skipped.map(spanWords), answer.skipped.length),
    section("Changes of the clocks", answer.changes.map(changeWords), answer.changes.length),
  ]
    .filter((part) => part !== "")
    .join("\n\n")

const totals = ({ from, to, totals, max_concurrent }: SimulateAnswer): string =>
  [
    `From ${when(from)} to ${when(to)}: ${counted(totals.runs, "run")} of ${counted(totals.jobs, "job")}, ${totals.skipped} skipped, ${totals.failed} failed.`,
    ...(totals.waited === 0
      ? []
      : [
          `${counted(totals.waited, "run")} waited for one of ${max_concurrent} slots, at most ${lasting(totals.waited_ms_max)}.`,
        ]),
  ].join("\n")

const counted = (count: number, word: string): string => `${count} ${word}${count === 1 ? "" : "s"}`

const jobs = ({ jobs }: SimulateAnswer): string =>
  table(
    ["NAME", "FIRST", "RUNS", "SKIPPED", "SCHEDULE"],
    jobs.map((job) => [
      short(job.name, 32),
      job.first === null ? neverWords(job) : when(job.first.at),
      String(job.runs),
      String(job.skipped),
      short(job.schedule, 48),
    ]),
  )

const neverWords = ({ never, disabled_reason, next_due_at }: SimulateAnswer["jobs"][number]) => {
  switch (never) {
    case "disabled":
      return `never: disabled (${disabled_reason ?? "manual"})`
    case "later":
      return `later: ${when(next_due_at)}`
    case "skipped":
      return "never: all skipped"
    default:
      return "never"
  }
}

/** A heading with what is under it; the rest is counted. */
const section = (heading: string, lines: ReadonlyArray<string>, count: number): string => {
  if (lines.length === 0) return ""
  const shown = lines.slice(0, listedMax)
  const rest = count - shown.length
  return [`${heading}:`, ...shown, ...(rest > 0 ? [`  and ${rest} more`] : [])].join("\n")
}

const namesIn = ({ jobs }: SimulateAnswer) => {
  const names = new Map(jobs.map(({ job_id, name }) => [job_id, name]))
  return (jobIds: ReadonlyArray<string>): string =>
    short([...new Set(jobIds)].map((jobId) => names.get(jobId) ?? jobId).join(", "), 60)
}

const peakWords = (answer: SimulateAnswer) => {
  const names = namesIn(answer)
  return ({ at, count, job_ids }: SimulateAnswer["peaks"][number]): string =>
    `  ${when(at)}  ${count}: ${names(job_ids)}`
}

const collisionWords = (answer: SimulateAnswer) => {
  const names = namesIn(answer)
  return ({ due_at, job_ids }: SimulateAnswer["collisions"][number]): string =>
    `  ${when(due_at)}  ${job_ids.length}: ${names(job_ids)}`
}

const spanWords = ({
  name,
  from,
  to,
  count,
  reason,
}: SimulateAnswer["skipped"][number]): string => {
  const times = from === to ? when(from) : `${when(from)} to ${when(to)}`
  return `  ${times}  ${count ?? "over 1000"} of ${short(name, 32)}: ${reason}`
}

const changeWords = (change: SimulateAnswer["changes"][number]): string => {
  const { name, tz, from, to } = change
  const first = localMinute(from, "UTC")
  const times = from === to ? first : `${first} to ${localMinute(to, "UTC").slice(11)}`
  return `  ${times} ${tz}  ${short(name, 32)}: ${whatHappens(change)}`
}

const whatHappens = ({ kind, due_at, is_due_twice }: SimulateAnswer["changes"][number]): string => {
  if (kind === "repeated")
    return is_due_twice ? "comes twice, runs each time" : "comes twice, runs once"
  return due_at === null ? "does not exist" : `does not exist, runs at ${when(due_at)}`
}
