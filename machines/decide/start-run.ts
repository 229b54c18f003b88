import { Result } from "effect"
import type { JobDefinition } from "../../events/job.ts"
import type { Plan } from "../../events/plan.ts"
import type { Trigger } from "../../events/run.ts"
import { nextOfBacklog } from "../backlog.ts"
import type { DecideContext, StartRun } from "../command.ts"
import type { Backlog, JobContext, JobState, PlannedRetry } from "../state.ts"
import { allOf, latestOf, noneOf, startOf, type CaughtUp, type Planned } from "./catch-up.ts"
import { pausedOf } from "./catch-up-job.ts"
import { instant, records, refuse, type Decision } from "./decision.ts"
import { allButLast, awakeSpan, skipped } from "./overdue.ts"
import { cannotStart, isPaused, started } from "./start.ts"

/**
 * The clock claims an occurrence: the retry that waits, else the first one that was queued, else the
 * planned one. A retry whose natural next has come is given up for what comes next; what should have
 * woken before the clock was up is catch-up's.
 */
export const startRun = (
  { context }: JobState,
  command: StartRun,
  asked: DecideContext,
): Decision => {
  const refusal = cannotStart(context, asked.now) ?? isPaused(context)
  if (refusal !== undefined) return Result.fail(refusal)
  const target = targetOf(context, command, asked.now)
  if (target === undefined) return stale(context, command)
  if (target.wakeAt > asked.now) return notDue(target, asked)
  if (target.kind === "retry") return retried(context, command, asked)
  if (target.kind === "queued") return queued(context, target, { command, asked })
  return planned({ ...context, plan: target.plan }, command, asked)
}

type Target =
  | (Pick<PlannedRetry, "revision" | "dueAt" | "attempt" | "wakeAt"> & { readonly kind: "retry" })
  | (Waiting & { readonly kind: "queued" })
  | (Waiting & { readonly kind: "plan"; readonly plan: Plan })

interface Waiting {
  readonly revision: number
  readonly dueAt: number
  readonly attempt: 1
  readonly wakeAt: number
}

/** What the command may start: what it names, or what comes next in the place of a retry. */
const targetOf = (context: JobContext, command: StartRun, now: number): Target | undefined => {
  const next = nextOf(context)
  if (next !== undefined && isFor(command, next)) return next
  const retry = retryOf(context)
  if (retry === undefined || !isFor(command, retry)) return undefined
  const naturalHasCome = context.plan !== null && context.plan.wakeAt <= now
  return naturalHasCome ? next : retry
}

const retryOf = ({ retry }: JobContext): Target | undefined =>
  retry === null ? undefined : { kind: "retry", ...retry }

const nextOf = (context: JobContext): Target | undefined => {
  const { plan, backlog, definition } = context
  const [first] = backlog
  if (first !== undefined) {
    const dueAt = nextOfBacklog(definition.schedule, first)
    const wakeAt = plan !== null && isHeld(definition, plan) ? plan.wakeAt : dueAt
    return { kind: "queued", revision: first.revision, dueAt, wakeAt, attempt: 1 }
  }
  if (plan === null) return undefined
  const { revision, dueAt, wakeAt } = plan
  return { kind: "plan", plan, revision, dueAt, wakeAt, attempt: 1 }
}

const isFor = ({ revision, dueAt, attempt }: StartRun, target: Target): boolean =>
  target.revision === revision && target.dueAt === dueAt && target.attempt === attempt

const retried = (context: JobContext, command: StartRun, asked: DecideContext): Decision => {
  const { runId, revision, dueAt, attempt } = command
  const { plan } = context
  const claim = { runId, revision, dueAt, attempt, trigger: "retry", plan } as const
  return records(started(claim, context, asked))
}

const queued = (
  context: JobContext,
  { revision, dueAt, attempt }: Target,
  { command, asked }: { readonly command: StartRun; readonly asked: DecideContext },
): Decision => {
  const { plan, backlog } = context
  const trigger = triggerOf(backlog[0])
  const claim = { runId: command.runId, revision, dueAt, attempt, trigger, plan }
  return records(started(claim, context, asked))
}

const triggerOf = (waiting: Backlog | undefined): Trigger =>
  waiting?.cause === "catch-up" ? "catch-up" : "schedule"

const planned = (context: Planned, { runId }: StartRun, asked: DecideContext): Decision => {
  const { plan, definition } = context
  if (plan.wakeAt < (asked.resumedAt ?? 0)) return records(...pausedOf(context, asked))
  if (plan.wakeAt >= asked.upSince) {
    return starting(context, onTime(context, asked), { runId, trigger: "schedule", asked })
  }
  const rest = { runId, trigger: "catch-up", asked } as const
  switch (definition.policy.catchUp.mode) {
    case "latest":
      return starting(context, latestOf(context, asked), rest)
    case "all":
      return starting(context, allOf(context, asked), rest)
    case "none":
      return records(...noneOf(context, asked))
  }
}

const starting = (
  context: Planned,
  { facts, start }: CaughtUp,
  rest: {
    readonly runId: string
    readonly trigger: "schedule" | "catch-up"
    readonly asked: DecideContext
  },
): Decision => {
  if (start === undefined) return records(...facts)
  const { runId, trigger, asked } = rest
  const claim = { ...start, runId, trigger, attempt: 1 }
  return records(...facts, started(claim, context, asked))
}

/** Where a quota held the job back, only the last of what came due meanwhile starts. */
const onTime = (context: Planned, asked: DecideContext): CaughtUp => {
  const { plan } = context
  if (!isHeld(context.definition, plan))
    return { facts: [], start: startOf(context, plan.dueAt, asked) }
  const span = awakeSpan(context, plan, asked.now)
  return {
    facts: skipped(allButLast(context, plan, span), "quota"),
    start: startOf(context, span.last, asked),
  }
}

/** Jitter explains a part of the wait; beyond it, a quota does. */
const isHeld = ({ schedule, policy }: JobDefinition, { dueAt, wakeAt }: Plan): boolean =>
  schedule.type !== "at" && wakeAt > dueAt + policy.jitterMs

const notDue = ({ dueAt, wakeAt }: Target, { now }: DecideContext): Decision =>
  refuse({
    code: "not-due",
    message: `The occurrence of ${instant(dueAt)} starts at ${instant(wakeAt)}, not before.`,
    received: now,
    expected: `a time from ${instant(wakeAt)} on`,
    hint: "Wait until then, or run the job by hand.",
  })

const stale = (context: JobContext, command: StartRun): Decision => {
  const { revision, dueAt, attempt } = command
  const next = retryOf(context) ?? nextOf(context)
  const expected =
    next === undefined ? "nothing" : `${instant(next.dueAt)} of revision ${next.revision}`
  return refuse({
    code: "stale",
    message: `Attempt ${attempt} at ${instant(dueAt)} of revision ${revision} is not planned.`,
    received: { revision, dueAt, attempt },
    expected,
    hint: "The plan has moved on; read it again.",
  })
}
