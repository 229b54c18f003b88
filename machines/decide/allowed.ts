import type { JobCommandType } from "../command.ts"
import type { JobState, JobValue } from "../state.ts"

/** The commands a job in this state accepts, for whoever asked for another one. */
export const allowedCommands = ({ value }: JobState): ReadonlyArray<JobCommandType> =>
  allowed[value]

const waiting = ["update-job", "disable-job", "remove-job", "run-job", "start-run"] as const

const allowed: Readonly<Record<JobValue, ReadonlyArray<JobCommandType>>> = {
  absent: ["add-job"],
  enabled: waiting,
  rescheduled: waiting,
  "running.active": ["update-job", "disable-job", "remove-job", "settle-run", "interrupt-run"],
  "running.disabling": ["update-job", "enable-job", "remove-job", "settle-run", "interrupt-run"],
  "running.removing": ["settle-run", "interrupt-run"],
  disabled: ["update-job", "enable-job", "remove-job", "run-job"],
  removed: [],
}
