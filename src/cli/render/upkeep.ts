import type { ReplayAnswer } from "../../serve/upkeep/replay.ts"
import type { StatusAnswer } from "../../serve/upkeep/status.ts"
import type { VerifyAnswer } from "../../serve/upkeep/verify.ts"
import { facts, short, table } from "./table.ts"
import { when } from "./time.ts"

/** What is going on, for people. */
export const statusWords = (status: StatusAnswer): string =>
  [
    status.served
      ? `A server holds the folder; its clock is ${status.clock}.`
      : "No server runs here: nothing fires until `horolog serve` runs.",
    facts([
      ["version", `${status.version}, ${status.planner}`],
      ["data", `${status.folder ?? "in memory"} (${status.engine})`],
      ["zone", `${status.zone} (from the ${status.zone_from})`],
      ["agents", status.agents.join(", ")],
      ["channels", status.channels.join(", ") || "none"],
      ["jobs", counted(status.jobs)],
      ["next due", when(status.next_due_at)],
      ["running", status.running.map(runWords).join("\n") || "nothing"],
      ["log", `${status.head} facts, journal ${Math.ceil(status.journal_bytes / 1024)} kB`],
    ]),
    ...status.notes.map((note) => `Note: ${note}`),
  ].join("\n")

const counted = (jobs: StatusAnswer["jobs"]): string =>
  Object.entries(jobs)
    .map(([state, count]) => `${count} ${state}`)
    .join(", ") || "none"

const runWords = ({ run_id, started_at }: StatusAnswer["running"][number]): string =>
  `${run_id} since ${when(started_at)}`

/** What verification found. */
export const verified = ({
  ok,
  head,
  hash,
  rows,
  problems,
  problems_count,
  occurrences,
  ...answer
}: VerifyAnswer): string =>
  ok
    ? [
        `The log is whole: ${head} facts in one chain, which ends in ${hash}.`,
        `The tables are what they add up to: ${rows} rows compared.`,
        ...(occurrences === null ? [] : [occurrencesWords(occurrences)]),
        ...warningWords(answer),
      ].join("\n")
    : [
        ...problems.map(problemWords),
        ...(problems_count > problems.length
          ? [`and ${problems_count - problems.length} more`]
          : []),
        ...warningWords(answer),
      ].join("\n")

const occurrencesWords = ({
  skipped,
  ...counts
}: NonNullable<VerifyAnswer["occurrences"]>): string => {
  const reasons = Object.entries(skipped).map(([reason, count]) => `${count} skipped (${reason})`)
  const parts = [
    `${counts.ran} ran`,
    ...reasons,
    `${counts.superseded} superseded before they were due`,
    ...(counts.queued === 0 ? [] : [`${counts.queued} waiting`]),
    `${counts.planned} planned`,
  ]
  return `Every occurrence is accounted for: ${parts.join(", ")}.`
}

/** Another planner is no fault of the log. */
const warningWords = ({
  warnings,
  warnings_count,
}: Pick<VerifyAnswer, "warnings" | "warnings_count">): ReadonlyArray<string> => [
  ...warnings.map((warning) => `Warning, by another planner: ${problemWords(warning)}`),
  ...(warnings_count > warnings.length ? [`and ${warnings_count - warnings.length} more`] : []),
]

const problemWords = ({ where, position, message }: VerifyAnswer["problems"][number]): string =>
  `${where}${position === null ? "" : ` at position ${position}`}: ${message}`

/** Tables and states as they were. */
export const replayed = (answer: ReplayAnswer): string =>
  [
    `As of position ${answer.position} of ${answer.head} (${when(answer.at)}):`,
    states(answer),
    runs(answer),
    ...(answer.last === null ? [] : [`The last thing that had happened: ${answer.last.type}.`]),
  ].join("\n\n")

const states = ({ states, scheduled_jobs }: ReplayAnswer): string => {
  if (states.length === 0) return "There was no job."
  const byId = new Map(scheduled_jobs.map((row) => [row["id"], row]))
  return table(
    ["STATE", "NAME", "NEXT", "LAST", "ID"],
    states.map(({ job_id, state, next_due_at }) => {
      const row = byId.get(job_id)
      return [
        state,
        short(String(row?.["name"] ?? "-"), 32),
        when(next_due_at),
        String(row?.["last_status"] ?? "-"),
        job_id,
      ]
    }),
  )
}

const runs = ({ job_runs }: ReplayAnswer): string =>
  job_runs.length === 0
    ? "Nothing had run."
    : table(
        ["STATUS", "STARTED", "ATTEMPT", "ANSWER", "ID"],
        job_runs.map((row) => [
          String(row["status"]),
          when(Number(row["started_at"])),
          String(row["attempt"]),
          short(String(row["error"] ?? row["output"] ?? ""), 40),
          String(row["id"]),
        ]),
      )
