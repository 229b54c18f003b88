import type { JobCommandType } from "../command.ts"
import type { JobState, JobValue } from "../state.ts"

/** The commands a job in this state accepts, for whoever asked for another one. */
export const allowedCommands = ({ value }: JobState): ReadonlyArray<JobCommandType> =>
  allowed[value]

const waiting = [
  "update-job",
  "disable-job",
  "remove-job",
  "pause-job",
  "resume-job",
  "run-job",
  "start-run",
  "catch-up-job",
  "replan-job",
] as const

const running = [
  "update-job",
  "remove-job",
  "pause-job",
  "resume-job",
  "settle-run",
  "interrupt-run",
  "replan-job",
] as const

const allowed: Readonly<Record<JobValue, ReadonlyArray<JobCommandType>>> = {
  absent: ["add-job"],
  enabled: waiting,
  rescheduled: waiting,
  "running.active": [...running, "disable-job"],
  "running.disabling": [...running, "enable-job"],
  "running.removing": ["settle-run", "interrupt-run"],
  disabled: ["update-job", "enable-job", "remove-job", "run-job"],
  removed: [],
}
