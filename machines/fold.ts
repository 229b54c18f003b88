import { behind, queued } from "../events/backlog.ts"
import type { JobFact } from "../events/fact.ts"
import type { RunId } from "../events/ids.ts"
import type { Plan } from "../events/plan.ts"
import { defaultPolicy } from "./default-policy.ts"
import type { JobContext, OpenRun } from "./state.ts"

/** What each fact makes of what is known of its job. Pure; a missing one does not compile. */
export type JobFold = {
  readonly [Type in JobFact["type"]]: (
    context: JobContext,
    fact: Extract<JobFact, { readonly type: Type }>,
  ) => JobContext
}

/**
 * The one fold: the machine's actions and the compiled table both use it, so they cannot disagree.
 * The past is never refused: whatever fact meets whatever context, there is an answer.
 */
export const fold: JobFold = {
  "job.added": (_, { type: _type, jobId, owner, key, plan, ...definition }) => ({
    ...absentContext,
    jobId,
    owner,
    key,
    definition,
    revision: plan.revision,
    scheduleRevision: plan.revision,
    plan,
  }),
  "job.updated": (context, { patch, plan }) => {
    const updated = { ...context, definition: { ...context.definition, ...patch } }
    return plan === null ? updated : { ...replanned(updated, plan), retry: null }
  },
  "job.rescheduled": (context, { plan }) => ({ ...planned(context, plan), retry: null }),
  "job.replanned": (context, { plan, reason }) =>
    keepsRetry.has(reason) ? planned(context, plan) : { ...planned(context, plan), retry: null },
  "retry.planned": (context, { type: _type, ...retry }) => ({ ...context, retry }),
  "job.enabled": (context, { plan }) => ({
    ...replanned(context, plan),
    retry: null,
    failuresInRow: 0,
    disabledReason: null,
    alerts: noAlerts,
  }),
  "job.disabled": (context, { reason }) => ({ ...unplanned(context), disabledReason: reason }),
  "job.paused": (context, { until }) => ({ ...context, paused: true, pausedUntil: until }),
  "job.resumed": (context, { plan }) => ({
    ...resumed(context, plan),
    paused: false,
    pausedUntil: null,
  }),
  "job.disable-requested": (context) => context,
  "job.removal-requested": (context) => context,
  "job.removed": (context) => unplanned(context),
  "run.started": (context, fact) => ({ ...claimed(context, fact), ...opened(context, fact) }),
  "run.succeeded": (context, { runId }) => ({ ...closed(context, runId), failuresInRow: 0 }),
  "run.failed": (context, { runId }) => failed(context, runId),
  "run.timed-out": (context, { runId }) => failed(context, runId),
  "run.cancelled": (context, { runId }) => closed(context, runId),
  "run.gated": (context, { runId }) => closed(context, runId),
  "run.interrupted": (context, { runId }) => closed(context, runId),
  "run.answered-late": (context) => context,
  "occurrences.queued": (context, span) => ({
    ...context,
    backlog: [...context.backlog, queued(span)],
    accountedAt: latest(context, span.to),
  }),
  "occurrences.skipped": (context, span) => ({
    ...context,
    backlog: behind(context.backlog, span),
    accountedAt: latest(context, span.to),
  }),
  "alert.raised": (context, { cause, raisedAt = null }) => ({
    ...context,
    alerts: { causes: [...context.alerts.causes, cause], raisedAt },
  }),
  "alert.cleared": (context) => ({
    ...context,
    alerts: { causes: [], raisedAt: context.alerts.raisedAt },
  }),
}

/** The fold of whatever fact of a job it is. */
export const foldFact = (context: JobContext, fact: JobFact): JobContext =>
  fold[fact.type](context, fact as never)

/** Elsewhere occurrences passed, or the retry was planned on a clock that was wrong. */
const keepsRetry: ReadonlySet<string> = new Set(["zone-data", "schedule-changed"])

const noAlerts = { causes: [], raisedAt: null } as const

/** What is known of a job before its first fact: nothing. A constant, as xstate asks for it often. */
export const absentContext: JobContext = {
  jobId: "",
  owner: { channel: "", chatId: "" },
  key: null,
  definition: {
    name: "",
    prompt: "",
    schedule: { type: "at", at: 0, tz: "UTC" },
    channel: "",
    chatId: "",
    model: null,
    deleteAfterRun: false,
    policy: defaultPolicy,
  },
  revision: 0,
  scheduleRevision: 0,
  plan: null,
  retry: null,
  backlog: [],
  openRuns: {},
  accountedAt: null,
  claimedCount: 0,
  failuresInRow: 0,
  alerts: noAlerts,
  disabledReason: null,
  pausedUntil: null,
  paused: false,
  fuse: { minuteAt: 0, startsCount: 0 },
}

/** The length of time over which starts are counted for the fuse. */
export const fuseMs = 60_000

/** The whole minute an instant lies in: a job of every second has exactly 60 starts in each. */
export const minuteOf = (at: number): number => Math.floor(at / fuseMs) * fuseMs

type RunStarted = Extract<JobFact, { readonly type: "run.started" }>

const planned = (context: JobContext, plan: Plan): JobContext => ({
  ...context,
  plan,
  revision: plan.revision,
})

/** A new way of planning: runs of an older one are overtaken. */
const replanned = (context: JobContext, plan: Plan): JobContext =>
  plan.revision === context.revision
    ? planned(context, plan)
    : { ...planned(context, plan), scheduleRevision: plan.revision }

/** Where the natural next has passed meanwhile, a retry that waited is given up for it. */
const resumed = (context: JobContext, plan: Plan | null): JobContext => {
  if (plan === null) return context
  const passed = context.plan !== null && context.plan.dueAt !== plan.dueAt
  return passed ? { ...planned(context, plan), retry: null } : planned(context, plan)
}

const unplanned = (context: JobContext): JobContext => ({
  ...context,
  plan: null,
  retry: null,
  backlog: [],
})

/** A manual run claims nothing, so that a retry that waits goes on waiting behind it. */
const claimed = (context: JobContext, fact: RunStarted): JobContext => {
  const { trigger, attempt, revision, dueAt } = fact
  if (trigger === "manual") return context
  if (attempt > 1) return { ...context, retry: null }
  return {
    ...context,
    retry: null,
    claimedCount: context.claimedCount + 1,
    accountedAt: latest(context, dueAt),
    backlog: behind(context.backlog, { revision, from: dueAt, to: dueAt, count: 1 }),
  }
}

const opened = (context: JobContext, { type: _type, plan, ...run }: RunStarted) => {
  const { lateMs, node: _node, ...identity } = run
  const startedAt = run.dueAt + lateMs
  const openRun: OpenRun = { ...identity, startedAt }
  return {
    plan,
    openRuns: { ...context.openRuns, [run.runId]: openRun },
    fuse: counted(context.fuse, minuteOf(startedAt)),
  }
}

const counted = (fuse: JobContext["fuse"], minuteAt: number): JobContext["fuse"] => ({
  minuteAt,
  startsCount: fuse.minuteAt === minuteAt ? fuse.startsCount + 1 : 1,
})

const closed = (context: JobContext, runId: RunId): JobContext => {
  const { [runId]: _closed, ...openRuns } = context.openRuns
  return { ...context, openRuns }
}

const failed = (context: JobContext, runId: RunId): JobContext => ({
  ...closed(context, runId),
  failuresInRow: context.failuresInRow + 1,
})

const latest = ({ accountedAt }: JobContext, at: number): number => Math.max(accountedAt ?? at, at)
