import type { Plan } from "../../events/plan.ts"
import type { EpochMs } from "../../events/time.ts"
import { nextDue } from "../../machines/next-due.ts"
import { instant, type Account, type Step } from "./accounting-account.ts"

/** How far ahead of the clock an accounted due time may lie and still be taken for one. */
const aheadMsMax = 3 * 3_600_000

/** The occurrence after `after` that the job would plan, within its bounds; undefined: none. */
export const dueAfter = (
  { schedule, policy, claimedCount }: Account,
  after: EpochMs,
): EpochMs | undefined => {
  const { startAt, endAt, runsMax } = policy
  if (runsMax !== undefined && claimedCount >= runsMax) return undefined
  const dueAt = nextDue(schedule, startAt === undefined ? after : Math.max(after, startAt - 1))
  return dueAt === undefined || (endAt !== undefined && dueAt > endAt) ? undefined : dueAt
}

/** The occurrence that has to be answered for next; undefined: none. */
export const owed = (account: Account): EpochMs | undefined => {
  const { plan, isTaken, accountedTo } = account
  if (plan === null) return undefined
  return isTaken ? dueAfter(account, accountedTo) : plan.dueAt
}

/** The plan goes. One that was due must have been started or skipped first. */
export const supersede = (step: Step): void => {
  const { account, at, counts } = step
  const { plan, isTaken, planPosition } = account
  const dueAt = owed(account)
  if (plan === null || dueAt === undefined) return
  if (dueAt > at) {
    if (!isTaken) counts.superseded += 1
    return
  }
  const message = `the occurrence of ${instant(dueAt)} was due, and was neither started nor skipped`
  if (isTaken) step.differs("lost", message, account.planner)
  else step.wrong("lost", message, [planPosition])
}

/** What a plan may be where it stands: the same as before, the next link, or a new beginning. */
export interface Link {
  /** Whether a new way of planning may begin here. */
  readonly mayBeFresh: boolean
  /** Whether the same plan may be said again. */
  readonly mayRestate: boolean
}

/** A plan is recorded: it must be a link of the chain. */
export const link = (step: Step, plan: Plan, { mayBeFresh, mayRestate }: Link): void => {
  const { account } = step
  if (plan.revision !== account.revision) {
    if (mayBeFresh) begin(step, plan)
    else wrongRevision(step, plan)
  } else if (account.plan !== null && !account.isTaken) restate(step, plan, mayRestate)
  else if (account.isTaken) advance(step, plan)
  else step.wrong("chain", `a plan for ${instant(plan.dueAt)} follows nothing`)
  stand(step, plan)
}

/** The plan is there from here on. */
export const stand = ({ account, position }: Step, plan: Plan | null): void => {
  if (plan !== null) {
    account.revision = plan.revision
    account.planner = plan.planner
  }
  account.plan = plan
  account.planPosition = position
  account.isTaken = false
}

/** The next link: it begins where what is accounted for ends, and is the first one after that. */
export const advance = (step: Step, plan: Plan): void => {
  const { account } = step
  if (plan.revision !== account.revision) return wrongRevision(step, plan)
  if (plan.after !== account.accountedTo) {
    step.wrong(
      "chain",
      `the plan for ${instant(plan.dueAt)} begins after ${instant(plan.after)}, and what came ` +
        `before it ends at ${instant(account.accountedTo)}`,
      [account.planPosition],
    )
  }
  checkDueAt(step, plan)
}

/** Says the same plan again: only when to wake may be another time. */
const restate = (step: Step, plan: Plan, mayRestate: boolean): void => {
  const { plan: standing, planPosition } = step.account
  if (standing === null) return
  if (mayRestate && isSameLink(plan, standing)) return checkWakeAt(step, plan)
  step.wrong(
    "moved",
    `the plan for ${instant(plan.dueAt)} takes the place of the one for ` +
      `${instant(standing.dueAt)}, which was neither started nor skipped`,
    [planPosition],
  )
}

/** Whether both are the same link of the chain. */
export const isSameLink = (one: Plan | null, other: Plan | null): boolean =>
  one === null || other === null
    ? one === other
    : one.revision === other.revision && one.after === other.after && one.dueAt === other.dueAt

/** A new way of planning: it begins now, and behind what was accounted for. */
export const begin = (step: Step, plan: Plan): void => {
  const { account } = step
  if (plan.revision !== account.revision + 1) wrongRevision(step, plan)
  const starts = freshStarts(step)
  if (!starts.includes(plan.after)) {
    step.wrong(
      "chain",
      `the plan for ${instant(plan.dueAt)} begins after ${instant(plan.after)}; a new one begins ` +
        `after ${starts.map(instant).join(" or ")}`,
      [account.planPosition],
    )
  }
  checkDueAt(step, plan)
  account.accountedTo = plan.after
}

/** Behind the last due time accounted for, unless the clock must have been wrong by then. */
const freshStarts = ({ account, at }: Step): ReadonlyArray<EpochMs> => {
  const { schedule, policy, accountedAt } = account
  if (schedule.type === "at") return [schedule.at - 1]
  const isTrusted = accountedAt !== null && accountedAt - at <= aheadMsMax
  const after = isTrusted ? Math.max(at, accountedAt) : at
  const { startAt } = policy
  return startAt === undefined || startAt - 1 <= after ? [after] : [after, startAt - 1]
}

/** The due time is the first one after `after`, and nobody wakes before it. */
const checkDueAt = (step: Step, plan: Plan): void => {
  checkWakeAt(step, plan)
  const dueAt = dueAfter(step.account, plan.after)
  if (dueAt === plan.dueAt) return
  const given = dueAt === undefined ? "none" : instant(dueAt)
  step.differs(
    "due-time",
    `${instant(plan.dueAt)} was planned after ${instant(plan.after)}, and the schedule gives ${given}`,
    plan.planner,
  )
}

const checkWakeAt = (step: Step, { dueAt, wakeAt }: Plan): void => {
  if (wakeAt >= dueAt) return
  step.wrong("early", `what is due at ${instant(dueAt)} is to wake at ${instant(wakeAt)}`)
}

const wrongRevision = (step: Step, { revision }: Plan): void =>
  step.wrong("revision", `a plan of revision ${revision} follows revision ${step.account.revision}`)
