import { Result } from "effect"
import type { JobFact } from "../../events/fact.ts"
import type { Plan } from "../../events/plan.ts"
import type { DecideContext, StartRun } from "../command.ts"
import type { JobContext, JobState, PlannedRetry } from "../state.ts"
import { instant, records, refuse, type Decision } from "./decision.ts"
import { skipped, spanOf } from "./overdue.ts"
import { planAfter } from "./planning.ts"
import { cannotStart, started } from "./start.ts"

/**
 * The clock claims an occurrence. A retry whose natural next has come is given up for that one; what
 * should have woken before the clock was up is catch-up's.
 */
export const startRun = (
  { context }: JobState,
  command: StartRun,
  asked: DecideContext,
): Decision => {
  const refusal = cannotStart(context, asked.now)
  if (refusal !== undefined) return Result.fail(refusal)
  const target = targetOf(context, command, asked.now)
  if (target === undefined) return stale(context, command)
  if (target.wakeAt > asked.now) return notDue(target, asked)
  return "attempt" in target
    ? retried(context, command, asked)
    : planned({ ...context, plan: target }, command, asked)
}

type Planned = JobContext & { readonly plan: Plan }

/** What the command may start: the plan or the retry it names, or the plan in the retry's place. */
const targetOf = (
  { plan, retry }: JobContext,
  command: StartRun,
  now: number,
): Plan | PlannedRetry | undefined => {
  const namesRetry = isFor(command, retry)
  const naturalHasCome = plan !== null && plan.wakeAt <= now
  if (plan !== null && (isFor(command, plan) || (namesRetry && naturalHasCome))) return plan
  return namesRetry && retry !== null ? retry : undefined
}

const isFor = (
  { revision, dueAt, attempt }: StartRun,
  target: Plan | PlannedRetry | null,
): boolean => {
  if (target === null) return false
  const attemptPlanned = "attempt" in target ? target.attempt : 1
  return target.revision === revision && target.dueAt === dueAt && attemptPlanned === attempt
}

const retried = (context: JobContext, command: StartRun, asked: DecideContext): Decision => {
  const { runId, revision, dueAt, attempt } = command
  const { plan } = context
  const claim = { runId, revision, dueAt, attempt, trigger: "retry", plan } as const
  return records(started(claim, context, asked))
}

const planned = (context: Planned, { runId }: StartRun, asked: DecideContext): Decision => {
  const { plan, definition } = context
  if (plan.wakeAt >= asked.upSince) {
    return records(claimed({ context, runId, dueAt: plan.dueAt, trigger: "schedule" }, asked))
  }
  switch (definition.policy.catchUp.mode) {
    case "latest":
      return records(...latestOf(context, runId, asked))
    case "all":
      return records(claimed({ context, runId, dueAt: plan.dueAt, trigger: "catch-up" }, asked))
    case "none":
      return records(...noneOf(context, asked))
  }
}

interface Occurrence {
  readonly context: Planned
  readonly runId: StartRun["runId"]
  readonly dueAt: number
  readonly trigger: "schedule" | "catch-up"
}

/** The first attempt at an occurrence, and with it the plan of the one after it. */
const claimed = ({ context, runId, dueAt, trigger }: Occurrence, asked: DecideContext): JobFact => {
  const { revision } = context.plan
  const plan = planAfter(context, dueAt, asked.planner) ?? null
  return started({ runId, revision, dueAt, attempt: 1, trigger, plan }, context, asked)
}

/** All that was missed is skipped but for the last, which starts now. */
const latestOf = (
  context: Planned,
  runId: StartRun["runId"],
  asked: DecideContext,
): ReadonlyArray<JobFact> => {
  const { plan } = context
  const { last } = spanOf(context, plan, asked.now)
  const earlier = last > plan.dueAt ? spanOf(context, plan, last - 1) : undefined
  const start = claimed({ context, runId, dueAt: last, trigger: "catch-up" }, asked)
  return [...skipped(earlier, "downtime"), start]
}

/** All that was missed is skipped; what came due since the clock is up is only late, and stays planned. */
const noneOf = (
  context: Planned,
  { now, upSince, planner }: DecideContext,
): ReadonlyArray<JobFact> => {
  const previousDueAt = context.plan.dueAt
  const span = spanOf(context, context.plan, Math.min(now, upSince - 1))
  const plan = planAfter(context, span.last, planner)
  const after: JobFact =
    plan === undefined
      ? { type: "job.disabled", reason: "exhausted", previousDueAt }
      : { type: "job.replanned", plan, previousDueAt, reason: "skipped" }
  return [...skipped(span, "downtime"), after]
}

const notDue = ({ dueAt, wakeAt }: Plan | PlannedRetry, { now }: DecideContext): Decision =>
  refuse({
    code: "not-due",
    message: `The occurrence of ${instant(dueAt)} starts at ${instant(wakeAt)}, not before.`,
    received: now,
    expected: `a time from ${instant(wakeAt)} on`,
    hint: "Wait until then, or run the job by hand.",
  })

const stale = ({ plan, retry }: JobContext, command: StartRun): Decision => {
  const { revision, dueAt, attempt } = command
  const next = retry ?? plan
  const planned = next === null ? "nothing" : `${instant(next.dueAt)} of revision ${next.revision}`
  return refuse({
    code: "stale",
    message: `Attempt ${attempt} at ${instant(dueAt)} of revision ${revision} is not planned.`,
    received: { revision, dueAt, attempt },
    expected: planned,
    hint: "The plan has moved on; read it again.",
  })
}
