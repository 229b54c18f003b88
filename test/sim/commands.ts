import type { Actor } from "../../events/envelope.ts"
import type { JobCommand, ScheduleRequest } from "../../machines/command.ts"
import type { PolicyPatch } from "../../machines/policy.ts"
import type { ScriptPolicy } from "./policies.ts"
import type { ScriptActor, ScriptCommand, ScriptSchedule } from "./script.ts"

/** Whom a command concerns and when it is given: what a script leaves open. */
export interface Given {
  readonly decisionId: number
  readonly now: number
  /** The job that was added in the slot last. */
  readonly jobId: string | undefined
  readonly openRunId: string | undefined
}

/** The id of the job that a decision adds. */
export const jobIdOf = (decisionId: number): string => `job_${decisionId}`

/** A script's command as it is really given; undefined when there is no job to give it to. */
export const commandOf = (command: ScriptCommand, given: Given): JobCommand | undefined => {
  if (command.type === "add") return addOf(command, given)
  const { jobId, decisionId } = given
  if (jobId === undefined) return undefined
  switch (command.type) {
    case "update":
      return updateOf(command, jobId, given.now)
    case "run":
      return { type: "run-job", jobId, runId: `run_by_hand_${decisionId}` }
    case "pause":
      return {
        type: "pause-job",
        jobId,
        ...(command.forMs !== undefined && { until: given.now + command.forMs }),
      }
    case "resume":
      return { type: "resume-job", jobId }
    case "enable":
      return { type: "enable-job", jobId }
    case "disable":
      return { type: "disable-job", jobId }
    case "remove":
      return { type: "remove-job", jobId }
  }
}

const addOf = (
  command: Extract<ScriptCommand, { readonly type: "add" }>,
  { decisionId, now }: Given,
): JobCommand => ({
  type: "add-job",
  jobId: jobIdOf(decisionId),
  owner: home,
  prompt: `What is new in ${command.slot}?`,
  schedule: scheduleOf(command.schedule, now),
  channel: command.channel,
  chatId: "room",
  policy: policyOf(command.policy, now),
  deleteAfterRun: command.deleteAfterRun,
  ...(command.key !== undefined && { key: command.key }),
  ...(!command.enabled && { enabled: false }),
})

const updateOf = (
  { schedule, policy, name, channel }: Extract<ScriptCommand, { readonly type: "update" }>,
  jobId: string,
  now: number,
): JobCommand => ({
  type: "update-job",
  jobId,
  ...(schedule !== undefined && { schedule: scheduleOf(schedule, now) }),
  ...(policy !== undefined && { policy: policyOf(policy, now) }),
  ...(name !== undefined && { name }),
  ...(channel !== undefined && { channel }),
})

const policyOf = ({ startInMs, endInMs, ...policy }: ScriptPolicy, now: number): PolicyPatch => ({
  ...policy,
  ...(startInMs !== undefined && { startAt: now + startInMs }),
  ...(endInMs !== undefined && { endAt: now + endInMs }),
})

const scheduleOf = (schedule: ScriptSchedule, now: number): ScheduleRequest => {
  if ("cron" in schedule) return schedule
  if ("inMs" in schedule) return { in: `${Math.max(1, Math.round(schedule.inMs / 1_000))}s` }
  if ("atMs" in schedule) return { at: now + schedule.atMs }
  const { everyMs, anchoredMs } = schedule
  return { every: everyMs, ...(anchoredMs !== undefined && { anchorAt: now + anchoredMs }) }
}

const home = { channel: "cli_chat", chatId: "room" }

/** Who gives a command. */
export const actorOf = (by: ScriptActor, { openRunId }: Given): Actor => {
  switch (by) {
    case "user":
      return { kind: "user", id: "ada" }
    case "agent":
      return { kind: "agent", id: "assistant", ...home }
    case "stranger":
      return { kind: "agent", id: "stranger", channel: "cli_chat", chatId: "elsewhere" }
    case "inside":
      return {
        kind: "agent",
        id: "assistant",
        ...home,
        ...(openRunId !== undefined && { runId: openRunId }),
      }
  }
}
