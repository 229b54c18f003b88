import type { FactOf, JobFact } from "../../events/fact.ts"
import type { Chat } from "../../events/ids.ts"
import type { EpochMs } from "../../events/time.ts"
import type { JobContext } from "../state.ts"
import type { Settled } from "./settled.ts"

/** What the settlement comes to, and when: an alert says whether the job goes on. */
interface Seen {
  readonly facts: ReadonlyArray<JobFact>
  readonly now: EpochMs
}

type Alert = FactOf<"alert.raised"> | FactOf<"alert.cleared">

/**
 * Who waits for a job's answers is told when they do not come: after so many failed runs in a row, at
 * most once per cooldown; when the job is disabled for it; and once when a run succeeds again.
 */
export const alertsOf = (settled: Settled, seen: Seen): ReadonlyArray<Alert> => {
  const { context } = settled.state
  const { alert } = context.definition.policy
  if (alert === undefined || alert.after === 0) return []
  if (settled.how === "succeeded") return recovered(settled, seen)
  if (settled.how !== "failed" && settled.how !== "timed-out") return []
  if (isDisabled(seen)) return [raised(settled, { ...seen, cause: "disabled" })]
  const { raisedAt } = context.alerts
  const isCooling = raisedAt !== null && Math.abs(seen.now - raisedAt) < alert.cooldownMs
  return context.failuresInRow < alert.after || isCooling
    ? []
    : [raised(settled, { ...seen, cause: "failures" })]
}

const isDisabled = ({ facts }: Seen): boolean =>
  facts.some((fact) => fact.type === "job.disabled" && fact.reason === "failures")

const recovered = ({ run, state }: Settled, { now }: Seen): ReadonlyArray<Alert> => {
  const { alerts, definition } = state.context
  const [cause] = alerts.causes
  if (cause === undefined) return []
  const message = `${definition.name} succeeded again.`
  const deliverTo = chatOf(state.context)
  const { runId } = run
  return [
    { type: "alert.cleared", cause, failuresInRow: 0, runId, raisedAt: now, deliverTo, message },
  ]
}

const raised = (
  { run, state, trouble = "no answer" }: Settled,
  { cause, now }: Seen & { readonly cause: string },
): Alert => {
  const { context } = state
  const { failuresInRow, definition } = context
  const end = cause === "disabled" ? " It is disabled now, and fires no more." : ""
  const times = failuresInRow === 1 ? "failed" : `failed ${failuresInRow} times in a row`
  const message = `${definition.name} ${times}: ${trouble.slice(0, troubleLengthMax)}.${end}`
  const deliverTo = chatOf(context)
  const { runId } = run
  return { type: "alert.raised", cause, failuresInRow, runId, raisedAt: now, deliverTo, message }
}

/** The whole error is in the run; a chat needs its beginning. */
const troubleLengthMax = 300

/** The chat that the policy names, else the one the answers go to. */
const chatOf = ({ definition }: JobContext): Chat => {
  const { channel, chatId, policy } = definition
  return {
    channel: policy.alert?.channel ?? channel,
    chatId: policy.alert?.chatId ?? chatId,
  }
}
