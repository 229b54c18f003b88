import { Result } from "effect"
import type { Chat } from "../../events/ids.ts"
import type { DecideContext, JobCommand } from "../command.ts"
import { Refusal } from "../refusal.ts"
import type { JobState } from "../state.ts"
import type { Decision } from "./decision.ts"

type Decider<Command extends JobCommand> = (
  state: JobState,
  command: Command,
  context: DecideContext,
) => Decision

/** Decides only about a job that is there. */
export const forExisting =
  <Command extends JobCommand>(then: Decider<Command>): Decider<Command> =>
  (state, command, context) => {
    const refusal = notFound(state, command)
    return refusal === undefined ? then(state, command, context) : Result.fail(refusal)
  }

/** Decides only about a job that is there, for those who may change it. */
export const forWriters =
  <Command extends JobCommand>(then: Decider<Command>): Decider<Command> =>
  (state, command, context) => {
    const refusal =
      notFound(state, command) ??
      notFromInside(command, context) ??
      notYours(state.context.owner, command, context) ??
      goingAway(state, command)
    return refusal === undefined ? then(state, command, context) : Result.fail(refusal)
  }

/** A command from inside a run writes the schedule only when the run's job allows it. */
export const notFromInside = (
  { type }: JobCommand,
  { by, runMayWrite }: DecideContext,
): Refusal | undefined =>
  by.runId === undefined || runMayWrite === true
    ? undefined
    : new Refusal({
        code: "self-scheduling",
        message:
          `${type} came from inside the scheduled run ${by.runId}, and its job may not write the ` +
          "schedule: a job that schedules could keep itself going for ever.",
        received: { command: type, runId: by.runId },
        expected: "a command from outside of a run, or a job with policy mayWriteSchedule true",
        hint:
          "Do not try again from this run. Answer with what should be scheduled and let the person " +
          "add it, or have the person set mayWriteSchedule for this job.",
      })

/** Agents touch the jobs of their own chat only, unless the configuration lets them see all. */
export const notYours = (
  owner: Chat,
  { type, jobId }: JobCommand,
  { by, agentsSeeAll }: DecideContext,
): Refusal | undefined => {
  const { kind, channel, chatId } = by
  if (kind !== "agent" || agentsSeeAll === true) return undefined
  if (channel === undefined || chatId === undefined) return undefined
  if (channel === owner.channel && chatId === owner.chatId) return undefined
  return new Refusal({
    code: "forbidden",
    message: `${type}: job ${jobId} belongs to another chat than ${channel}:${chatId}.`,
    received: { channel, chatId },
    expected: "a job that was made in the calling chat",
    hint: "Agents see and change the jobs of their own chat. A person can do this from the command line.",
  })
}

const notFound = ({ value }: JobState, { type, jobId }: JobCommand): Refusal | undefined => {
  const gone = value === "removed" && type !== "remove-job"
  if (value !== "absent" && !gone) return undefined
  return new Refusal({
    code: "not-found",
    message: `Job ${jobId} not found${gone ? ": it was removed" : ""}.`,
    received: jobId,
    expected: "the id of a job that exists",
    hint: "List the jobs to see the ids there are.",
  })
}

const goingAway = ({ value }: JobState, { type, jobId }: JobCommand): Refusal | undefined =>
  value === "running.removing" && type !== "remove-job" && type !== "run-job"
    ? new Refusal({
        code: "removed",
        message: `Job ${jobId} goes away as soon as its open run settles; ${type} comes too late.`,
        received: type,
        expected: "a job whose removal has not been asked for",
        hint: "Add a new job.",
      })
    : undefined
