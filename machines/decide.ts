import { Result } from "effect"
import type { DecideContext, JobCommand, JobCommandType } from "./command.ts"
import { addJob } from "./decide/add-job.ts"
import { allowedCommands } from "./decide/allowed.ts"
import { catchUpJob } from "./decide/catch-up-job.ts"
import type { Decision } from "./decide/decision.ts"
import { disableJob } from "./decide/disable-job.ts"
import { enableJob } from "./decide/enable-job.ts"
import { interruptRun } from "./decide/interrupt-run.ts"
import { pauseJob, resumeJob } from "./decide/pause-job.ts"
import { forExisting, forWriters } from "./decide/permission.ts"
import { removeJob } from "./decide/remove-job.ts"
import { replanJob } from "./decide/replan-job.ts"
import { runJob } from "./decide/run-job.ts"
import { settleRun } from "./decide/settle-run.ts"
import { startRun } from "./decide/start-run.ts"
import { updateJob } from "./decide/update-job.ts"
import { Refusal } from "./refusal.ts"
import type { JobState } from "./state.ts"

export { allowedCommands } from "./decide/allowed.ts"
export type { Decision } from "./decide/decision.ts"

/** The shape of a decision: a state, a command, and everything else it may depend on. */
export type Decide = (state: JobState, command: JobCommand, context: DecideContext) => Decision

/** What happens when `command` meets `state`. Pure: the same arguments, the same facts. */
export const decide: Decide = (state, command, context) => {
  const decision = decisions[command.type](state, command as never, context)
  return Result.mapError(decision, (refusal) => withAllowed(refusal, state))
}

/** One decision for each command. People's and agents' writes pass the gate of permissions first. */
const decisions: {
  readonly [Type in JobCommandType]: (
    state: JobState,
    command: Extract<JobCommand, { readonly type: Type }>,
    context: DecideContext,
  ) => Decision
} = {
  "add-job": addJob,
  "update-job": forWriters(updateJob),
  "enable-job": forWriters(enableJob),
  "disable-job": forWriters(disableJob),
  "remove-job": forWriters(removeJob),
  "run-job": forWriters(runJob),
  "pause-job": forWriters(pauseJob),
  "resume-job": forWriters(resumeJob),
  "catch-up-job": forExisting(catchUpJob),
  "replan-job": forExisting(replanJob),
  "start-run": forExisting(startRun),
  "settle-run": forExisting(settleRun),
  "interrupt-run": forExisting(interruptRun),
}

const withAllowed = (refusal: Refusal, state: JobState): Refusal => {
  if (refusal.allowed !== undefined) return refusal
  const { code, message, received, expected, hint, matches } = refusal
  return new Refusal({
    code,
    message,
    ...(received !== undefined && { received }),
    ...(expected !== undefined && { expected }),
    ...(hint !== undefined && { hint }),
    ...(matches !== undefined && { matches }),
    allowed: allowedCommands(state),
  })
}
