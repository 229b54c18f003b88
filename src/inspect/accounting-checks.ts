import { Equal } from "effect"
import type { JobFact } from "../../events/fact.ts"
import type { EpochMs } from "../../events/time.ts"
import { instant, type Step } from "./accounting-account.ts"
import { begin, link, stand, supersede } from "./accounting-links.ts"
import { close, isOpen, planRetry, start } from "./accounting-runs.ts"
import { queue, skip } from "./accounting-spans.ts"

type Fact<Type extends JobFact["type"]> = Extract<JobFact, { readonly type: Type }>

/** What each fact has to agree with, and what it makes of the account. A new one does not compile. */
type Checks = {
  readonly [Type in JobFact["type"]]: (step: Step, fact: Fact<Type>) => void
}

/** Holds a fact of a job against what its facts said before. */
export const check = (step: Step, fact: JobFact): void => checks[fact.type](step, fact as never)

/** The command's facts are all read: what they left open stays open. */
export const endBatch = (step: Step): void => {
  const { account } = step
  const { closing, plan, isTaken } = account
  account.closing = undefined
  if (closing !== undefined && closing.endings.length !== 1) {
    const followed = closing.endings.length === 0 ? "nothing" : closing.endings.join(" and ")
    step.wrong("settlement", `the last open run ended, and ${followed} followed`, [
      closing.run.position,
    ])
  }
  if (plan !== null && isTaken && account.disabledReason === null) {
    step.wrong("chain", `what follows the span up to ${instant(account.accountedTo)} is not said`)
  }
}

const checks: Checks = {
  "job.added": (step, { plan }) => {
    begin(step, plan)
    stand(step, plan)
  },
  "job.updated": (step, fact) => update(step, fact),
  "job.rescheduled": (step, fact) => {
    ending(step, fact.type)
    checkPrevious(step, fact)
    link(step, fact.plan, { mayBeFresh: false, mayRestate: true })
    step.account.retry = null
  },
  "job.replanned": (step, fact) => replan(step, fact),
  "retry.planned": (step, fact) => {
    ending(step, fact.type)
    planRetry(step, fact)
  },
  "job.enabled": (step, fact) => enable(step, fact),
  "job.disabled": (step, fact) => disable(step, fact),
  "job.paused": pause,
  "job.resumed": resume,
  "job.disable-requested": (step) => ask(step, "disable"),
  "job.removal-requested": (step) => ask(step, "removal"),
  "job.removed": (step, fact) => {
    end(step, fact)
    stand(step, null)
  },
  "run.started": start,
  "run.succeeded": (step, { runId }) => close(step, runId, "succeeded"),
  "run.failed": (step, { runId }) => close(step, runId, "failed"),
  "run.timed-out": (step, { runId }) => close(step, runId, "timed-out"),
  "run.cancelled": (step, { runId }) => close(step, runId, "cancelled"),
  "run.gated": (step, { runId }) => close(step, runId, "gated"),
  "run.interrupted": (step, { runId }) => close(step, runId, "interrupted"),
  "run.answered-late": (step, { runId }) => {
    if (isOpen(step, runId)) step.wrong("life", `run ${runId} answered late, and is open`)
  },
  "occurrences.queued": queue,
  "occurrences.skipped": skip,
  "alert.raised": () => undefined,
  "alert.cleared": () => undefined,
}

/** A new schedule takes the old plan's place; a disabled job keeps it until it is enabled. */
const update = (step: Step, { plan, patch, before, ...fact }: Fact<"job.updated">): void => {
  const { account } = step
  const { schedule = account.schedule, policy = account.policy } = patch
  checkPrevious(step, fact)
  if (before.schedule !== undefined && !Equal.equals(before.schedule, account.schedule)) {
    step.wrong("life", "the schedule that was changed is not the one that the job had")
  }
  if (plan !== null) supersede(step)
  else if (patch.schedule !== undefined && account.disabledReason === null) {
    step.wrong("chain", "the schedule changed, and the plan did not", [account.planPosition])
  }
  account.schedule = schedule
  account.policy = policy
  if (plan === null) return
  account.retry = null
  if (patch.schedule === undefined) return link(step, plan, { mayBeFresh: true, mayRestate: true })
  begin(step, plan)
  stand(step, plan)
}

const replan = (step: Step, fact: Fact<"job.replanned">): void => {
  checkPrevious(step, fact)
  relink(step, fact.plan)
}

/** The next link, the same one, or a new beginning, which may go on where the chain stood. */
const relink = (step: Step, plan: Step["account"]["plan"]): void => {
  const { account } = step
  if (plan === null) return
  const goesOn = plan.after === account.accountedTo && account.plan !== null
  if (plan.revision !== account.revision && !goesOn) supersede(step)
  if (plan.revision === account.revision + 1 && goesOn) {
    account.revision = plan.revision
    account.isTaken = true
  }
  link(step, plan, { mayBeFresh: true, mayRestate: true })
}

function pause(step: Step, { until }: Fact<"job.paused">): void {
  const { account } = step
  if (account.paused !== null && account.paused.until === until) {
    step.wrong("life", "a job is paused that was paused like that")
  }
  account.paused = { until }
}

function resume(step: Step, { plan }: Fact<"job.resumed">): void {
  const { account } = step
  if (account.paused === null) step.wrong("life", "a job is resumed that was not paused")
  account.paused = null
  relink(step, plan)
}

/** A disabled job begins anew; one whose end was only asked for goes on as it was. */
const enable = (step: Step, fact: Fact<"job.enabled">): void => {
  const { account } = step
  checkPrevious(step, fact)
  const isDisabled = account.disabledReason !== null
  if (!isDisabled && account.asked !== "disable") step.wrong("life", "an enabled job is enabled")
  account.disabledReason = null
  account.asked = "nothing"
  account.retry = null
  if (isDisabled && fact.plan.revision === account.revision) {
    step.wrong("revision", `the plan of an enabled job keeps revision ${fact.plan.revision}`)
  }
  link(step, fact.plan, { mayBeFresh: isDisabled, mayRestate: true })
}

const disable = (step: Step, fact: Fact<"job.disabled">): void => {
  const { account } = step
  const { disabledReason, closing } = account
  if (disabledReason !== null && closing === undefined) {
    step.wrong("life", "a disabled job is disabled")
  } else if (disabledReason !== null && fact.reason !== disabledReason) {
    const message = `a job disabled for ${disabledReason} is disabled for ${fact.reason} by a run by hand`
    step.wrong("settlement", message)
  }
  if (closing !== undefined && account.asked === "removal") {
    step.wrong("settlement", "its removal was asked for, and it is only disabled")
  }
  end(step, fact)
  account.disabledReason = fact.reason
  account.asked = "nothing"
  stand(step, null)
}

/** Nothing more comes: what was due must be answered for, and nothing may wait. */
const end = (step: Step, fact: Fact<"job.disabled"> | Fact<"job.removed">): void => {
  const { account } = step
  ending(step, fact.type, fact.reason)
  checkPrevious(step, fact)
  supersede(step)
  account.retry = null
  const [waiting] = account.backlog
  if (waiting === undefined) return
  const message = `the occurrences from ${instant(waiting.from)} on waited, and were neither started nor skipped`
  step.wrong("lost", message, [waiting.position])
  account.backlog = []
}

/** One of the four facts that follow the end of the last open run, two of which come from nowhere else. */
const ending = (step: Step, type: JobFact["type"], reason?: string): void => {
  const { account } = step
  const [open] = account.openRuns.values()
  if (open !== undefined) {
    step.wrong("settlement", `${type} comes while run ${open.runId} is open`, [open.position])
  } else if (account.closing !== undefined) {
    account.closing.endings.push(type)
    checkAsked(step, type, reason)
  } else if (type === "job.rescheduled" || type === "retry.planned") {
    step.wrong("settlement", `${type} comes where no run ended`)
  }
}

/** Whoever asked for an end while the run was open gets it now, and nobody else does. */
const checkAsked = (step: Step, type: JobFact["type"], reason?: string): void => {
  const { asked, disabledReason } = step.account
  const isUnasked = asked === "nothing" && disabledReason === null
  if (isUnasked && reason === "manual") step.wrong("settlement", `${type} follows unasked`)
  const ends = type === "job.disabled" || type === "job.removed"
  if (ends || isUnasked) return
  const wanted = asked === "nothing" ? "it is disabled" : `its ${asked} was asked for`
  step.wrong("settlement", `${wanted}, and ${type} follows`)
}

const ask = (step: Step, what: "disable" | "removal"): void => {
  const { account } = step
  const isNew = account.asked !== what
  account.asked = what
  if (!isNew) return step.wrong("life", `its ${what} is asked for a second time`)
  if (account.openRuns.size > 0) return
  step.wrong("life", `its ${what} is asked for as if a run were open`)
}

/** What a fact says was planned before has to be what was. */
const checkPrevious = (
  step: Step,
  { previousDueAt }: { readonly previousDueAt: EpochMs | null },
): void => {
  const { plan, planPosition } = step.account
  if (previousDueAt === (plan?.dueAt ?? null)) return
  const said = previousDueAt === null ? "nothing" : instant(previousDueAt)
  const planned = plan === null ? "nothing" : instant(plan.dueAt)
  step.wrong("chain", `it says that ${said} was planned before, and ${planned} was`, [planPosition])
}
