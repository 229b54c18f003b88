import type { RunAnswer } from "../../operations/run-answer.ts"
import type { RunStartedAnswer } from "../../operations/run.ts"
import type { RunsAnswer } from "../../operations/runs.ts"
import { facts, short, table } from "./table.ts"
import { lasting, when } from "./time.ts"

/** Runs, latest first. */
export const runsTable = (runs: ReadonlyArray<RunAnswer>): string =>
  table(
    ["STATUS", "STARTED", "LATE", "TOOK", "WHY", "DELIVERY", "ANSWER", "ID"],
    runs.map((run) => [
      run.status,
      when(run.started_at),
      lasting(run.late_ms),
      lasting(run.duration_ms),
      run.attempt > 1 ? `${run.trigger} (attempt ${run.attempt})` : run.trigger,
      run.delivery ?? "-",
      short(run.error ?? run.output ?? "", 40),
      run.run_id,
    ]),
  )

export const ranList = ({ runs, next_cursor }: RunsAnswer): string => {
  if (runs.length === 0) return "Nothing has run yet."
  const more = next_cursor === null ? "" : `\nmore with --cursor ${next_cursor}`
  return runsTable(runs) + more
}

/** One run, whole. */
export const runLine = (run: RunAnswer): string =>
  facts([
    ["id", run.run_id],
    ["job", run.job_id],
    ["status", run.status],
    ["why", `${run.trigger}, attempt ${run.attempt}`],
    ["due", when(run.due_at)],
    ["started", `${when(run.started_at)}, ${lasting(run.late_ms)} late`],
    ["ended", run.finished_at === null ? null : when(run.finished_at)],
    ["took", run.duration_ms === null ? null : lasting(run.duration_ms)],
    ["delivery", run.delivery],
    ["error", run.error === null ? null : `${run.error} (${run.error_class ?? "?"})`],
    ["usage", run.usage === null ? null : JSON.stringify(run.usage)],
    ["answer", run.output],
  ])

/** A run that was asked for: where it stands, or how it ended. */
export const begun = ({ name, run, run_id, status }: RunStartedAnswer): string =>
  run === undefined
    ? `"${short(name, 60)}" is ${status}: ${run_id}.\nSee it with \`horolog show ${run_id}\`, end it with \`horolog cancel ${run_id}\`.`
    : runLine(run)
