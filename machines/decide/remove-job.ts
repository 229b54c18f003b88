import type { DecideContext, RemoveJob } from "../command.ts"
import type { JobState } from "../state.ts"
import { nothing, records, type Decision } from "./decision.ts"
import { givenUp } from "./overdue.ts"

/** The job goes for good; its runs stay. An open run is left to end first. */
export const removeJob = (
  state: JobState,
  command: RemoveJob,
  { now }: DecideContext,
): Decision => {
  switch (state.value) {
    case "enabled":
    case "rescheduled":
    case "disabled":
      return removed(state, command, now)
    case "running.active":
    case "running.disabling":
      return records({ type: "job.removal-requested" })
    case "absent":
    case "running.removing":
    case "removed":
      return nothing
  }
}

const removed = ({ context }: JobState, { reason }: RemoveJob, now: number): Decision => {
  const previousDueAt = context.plan?.dueAt ?? null
  return records(...givenUp(context, now, "removed"), {
    type: "job.removed",
    reason: reason ?? "manual",
    previousDueAt,
  })
}
