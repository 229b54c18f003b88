import type { FactOf } from "../../events/fact.ts"
import type { RunId } from "../../events/ids.ts"
import type { EpochMs } from "../../events/time.ts"
import { instant, type AccountedRun, type Closing, type Step } from "./accounting-account.ts"
import { advance, dueAfter, isSameLink, owed, stand } from "./accounting-links.ts"
import { takeTurn } from "./accounting-spans.ts"

type Started = FactOf<"run.started">

/** An attempt begins: at what was planned, at what waits, once more, or because somebody asked. */
export const start = (step: Step, fact: Started): void => {
  const { account, position } = step
  checkOpen(step)
  checkTime(step, fact)
  if (fact.trigger === "manual") byHand(step, fact)
  else if (fact.attempt > 1) again(step, fact)
  else claim(step, fact)
  const { runId, revision, dueAt, attempt, trigger } = fact
  account.openRuns.set(runId, { runId, revision, dueAt, attempt, trigger, position })
}

/** An attempt ends. When it was the last open one, its batch has to say what follows. */
export const close = (step: Step, runId: RunId, how: Closing["how"]): void => {
  const { account, position } = step
  const run = account.openRuns.get(runId)
  if (run === undefined) return step.wrong("life", `run ${runId} ends, and is not open`)
  account.openRuns.delete(runId)
  if (account.openRuns.size > 0) return
  account.closing = { run, how, position, endings: [] }
}

/** A further attempt is planned: only where a run of that very occurrence has just ended. */
export const planRetry = (step: Step, fact: FactOf<"retry.planned">): void => {
  const { account, position } = step
  const { closing } = account
  if (closing !== undefined) {
    if (closing.run.trigger === "manual") checkWaiting(step, fact)
    else checkNext(step, fact, closing)
  }
  const { revision, dueAt, attempt, wakeAt } = fact
  if (wakeAt < dueAt) {
    step.wrong("early", `attempt ${attempt} at ${instant(dueAt)} is to wake at ${instant(wakeAt)}`)
  }
  account.retry = { revision, dueAt, attempt, wakeAt, position }
}

/** A run that another fact speaks of. */
export const isOpen = ({ account }: Step, runId: RunId): boolean => account.openRuns.has(runId)

const checkOpen = (step: Step): void => {
  const [open] = step.account.openRuns.values()
  if (open === undefined) return
  step.wrong("overlap", `a run starts while run ${open.runId} is open`, [open.position])
}

const checkTime = (step: Step, { dueAt, lateMs, trigger }: Started): void => {
  const { account, at } = step
  if (at < dueAt) {
    step.wrong("early", `what is due at ${instant(dueAt)} started at ${instant(at)}`)
  } else if (lateMs !== at - dueAt) {
    step.wrong(
      "lateness",
      `a start ${at - dueAt} ms after its due time is recorded as ${lateMs} ms late`,
    )
  }
  if (trigger === "manual") return
  if (account.disabledReason !== null) step.wrong("life", "a disabled job starts on its own")
  const { paused } = account
  if (paused !== null && (paused.until === null || at < paused.until)) {
    step.wrong("life", "a paused job starts on its own")
  }
}

/** It claims nothing: the plan stands, and what waits goes on waiting. */
const byHand = (step: Step, { revision, attempt, plan }: Started): void => {
  const { account, counts } = step
  counts.manual += 1
  if (attempt !== 1 || revision !== account.revision) {
    step.wrong("not-planned", `a run by hand is attempt ${attempt} of revision ${revision}`)
  }
  checkRestated(step, plan)
}

const again = (step: Step, { revision, dueAt, attempt, plan }: Started): void => {
  const { account, at, counts } = step
  const { retry } = account
  counts.retried += 1
  const isPlanned =
    retry !== null &&
    retry.revision === revision &&
    retry.dueAt === dueAt &&
    retry.attempt === attempt
  if (!isPlanned) {
    step.wrong("retry", `attempt ${attempt} at ${instant(dueAt)} starts, and was not planned`)
  } else if (at < retry.wakeAt) {
    const message = `attempt ${attempt} at ${instant(dueAt)} starts at ${instant(at)}, before ${instant(retry.wakeAt)}`
    step.wrong("early", message, [retry.position])
  }
  account.retry = null
  checkRestated(step, plan)
}

const checkRestated = (step: Step, plan: Started["plan"]): void => {
  const { account } = step
  if (!account.isTaken && isSameLink(plan, account.plan)) return
  const message = "a run that claims no occurrence changes the plan"
  step.wrong("moved", message, [account.planPosition])
  stand(step, plan)
}

/** The first attempt at an occurrence, and with it the plan of the one after it. */
const claim = (step: Step, fact: Started): void => {
  const { account, counts } = step
  const { revision, dueAt, plan } = fact
  const waited = takeTurn(step, fact)
  if (!waited) checkClaim(step, fact)
  counts.ran += 1
  account.claimedCount += 1
  account.retry = null
  account.accountedAt = Math.max(account.accountedAt ?? dueAt, dueAt)
  if (waited) return checkRestated(step, plan)
  if (revision !== account.revision) return
  account.accountedTo = dueAt
  if (plan === null) checkLast(step)
  else advance(step, plan)
  stand(step, plan)
}

const checkClaim = (step: Step, fact: Started): void => {
  const { account } = step
  const { revision, dueAt } = fact
  if (revision === account.revision && dueAt <= account.accountedTo) {
    return step.wrong("twice", `the occurrence of ${instant(dueAt)} is claimed a second time`)
  }
  const isNext = revision === account.revision && dueAt === owed(account)
  if (isNext) checkAwake(step, dueAt)
  else notOwed(step, fact)
}

const checkAwake = (step: Step, dueAt: EpochMs): void => {
  const { at, account } = step
  const { plan, planPosition, isTaken } = account
  if (plan === null || isTaken || at >= plan.wakeAt) return
  const message = `${instant(dueAt)} starts at ${instant(at)}, before ${instant(plan.wakeAt)}`
  step.wrong("early", message, [planPosition])
}

const notOwed = (step: Step, { revision, dueAt }: Started): void => {
  const { account } = step
  const next = owed(account)
  const planned = next === undefined ? "nothing" : instant(next)
  const message = `${instant(dueAt)} of revision ${revision} starts, and ${planned} was to come`
  if (account.isTaken && revision === account.revision) {
    step.differs("not-planned", message, account.planner)
  } else {
    step.wrong("not-planned", message, [account.planPosition])
  }
}

/** Nothing is planned any more: then the schedule must have nothing more. */
const checkLast = (step: Step): void => {
  const { account } = step
  const dueAt = dueAfter(account, account.accountedTo)
  if (dueAt === undefined) return
  step.differs(
    "due-time",
    `nothing was planned, and the schedule gives ${instant(dueAt)}`,
    account.planner,
  )
}

/** Behind a run by hand a retry goes on waiting as it was. */
const checkWaiting = (step: Step, fact: FactOf<"retry.planned">): void => {
  const { retry } = step.account
  const isSame =
    retry !== null &&
    retry.revision === fact.revision &&
    retry.dueAt === fact.dueAt &&
    retry.attempt === fact.attempt &&
    retry.wakeAt === fact.wakeAt
  if (isSame) return
  const message = `attempt ${fact.attempt} at ${instant(fact.dueAt)} is planned behind a run by hand, and did not wait`
  step.wrong("retry", message, retry === null ? [] : [retry.position])
}

const checkNext = (step: Step, fact: FactOf<"retry.planned">, { run, how }: Closing): void => {
  for (const message of [...wrongAttempt(fact, run), ...wrongRetry(step, fact, how)]) {
    step.wrong("retry", message, [run.position])
  }
}

const wrongAttempt = (
  { revision, dueAt, attempt }: FactOf<"retry.planned">,
  run: AccountedRun,
): ReadonlyArray<string> => {
  const follows = run.revision === revision && run.dueAt === dueAt && run.attempt + 1 === attempt
  if (follows) return []
  return [
    `attempt ${attempt} at ${instant(dueAt)} is planned where attempt ${run.attempt} at ` +
      `${instant(run.dueAt)} ended`,
  ]
}

const wrongRetry = (
  { account, at }: Step,
  { attempt, wakeAt, reason }: FactOf<"retry.planned">,
  how: Closing["how"],
): ReadonlyArray<string> => {
  const { attemptsMax } = account.policy.retry
  const { plan } = account
  return [
    ...(reason === how ? [] : [`a run that ${how} is tried again because it ${reason}`]),
    ...(attempt <= attemptsMax
      ? []
      : [`attempt ${attempt} is one more than the ${attemptsMax} allowed`]),
    ...(wakeAt >= at ? [] : [`attempt ${attempt} is to wake at ${instant(wakeAt)}, in the past`]),
    ...(plan === null || plan.dueAt > wakeAt
      ? []
      : [
          `attempt ${attempt} would wake at ${instant(wakeAt)}, when ${instant(plan.dueAt)} is due`,
        ]),
  ]
}
