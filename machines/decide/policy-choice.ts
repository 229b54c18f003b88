import type { JobDefinition } from "../../events/job.ts"
import type { DecideContext } from "../command.ts"
import { durationWords } from "../duration.ts"
import { nextRuns } from "../next-due.ts"
import { Refusal } from "../refusal.ts"
import { chatProblem } from "./definition.ts"

type Chosen = Pick<JobDefinition, "schedule" | "policy">

/** What of a policy cannot be, seen against the schedule and the channels there are. */
export const policyProblem = (chosen: Chosen, context: DecideContext): Refusal | undefined =>
  jitterProblem(chosen, context) ?? alertProblem(chosen, context)

/** So many occurrences are looked at for the shortest way from one to the next. */
const lookedAtMax = 64

/** A job must not start so late that its next occurrence is due; what fires once has no next. */
const jitterProblem = (
  { schedule, policy: { jitterMs } }: Chosen,
  { now }: DecideContext,
): Refusal | undefined => {
  if (jitterMs === 0 || schedule.type === "at") return undefined
  const runs = nextRuns(schedule, { from: now, count: lookedAtMax })
  const gaps = runs.slice(1).map((at, index) => at - (runs[index] ?? at))
  const shortestMs = Math.min(...gaps)
  if (jitterMs < shortestMs) return undefined
  const words = durationWords(shortestMs)
  return new Refusal({
    code: "invalid-input",
    message: `policy.jitterMs is ${jitterMs}, and the job may be due again after ${words}.`,
    received: jitterMs,
    expected: `less than ${shortestMs}`,
    hint: "Make it smaller than the time from one occurrence to the next.",
  })
}

const alertProblem = (
  { policy: { alert } }: Chosen,
  context: DecideContext,
): Refusal | undefined => {
  if (alert === undefined || alert.channel === undefined) return undefined
  if (alert.chatId !== undefined) {
    return chatProblem({ channel: alert.channel, chatId: alert.chatId }, context)
  }
  return new Refusal({
    code: "invalid-input",
    message: `policy.alert names the channel ${alert.channel}, and no chat in it.`,
    received: alert,
    expected: "channel and chatId, or chatId alone for a chat of the job's own channel",
    hint: "Add policy.alert.chatId, or leave both out for the job's own chat.",
  })
}
