import type { DecideContext, DisableJob } from "../command.ts"
import { isWaiting, type JobState } from "../state.ts"
import { nothing, records, type Decision } from "./decision.ts"
import { givenUp } from "./overdue.ts"

/** The job fires no more. An open run is left to end; what is due and not started is skipped. */
export const disableJob = (
  { value, context }: JobState,
  _command: DisableJob,
  { now }: DecideContext,
): Decision => {
  if (isWaiting(value)) {
    const previousDueAt = context.plan?.dueAt ?? null
    const disabled = { type: "job.disabled", reason: "manual", previousDueAt } as const
    return records(...givenUp(context, now, "disabled"), disabled)
  }
  // A manual run of a disabled job ends in being disabled anyway.
  const runsOn = value === "running.active" && context.disabledReason === null
  return runsOn ? records({ type: "job.disable-requested" }) : nothing
}
