import type { Actor, Recorded } from "../../events/envelope.ts"
import type { JobFact } from "../../events/fact.ts"
import type { RunId } from "../../events/ids.ts"
import type { Plan } from "../../events/plan.ts"
import type { Policy } from "../../events/policy.ts"
import type { Trigger } from "../../events/run.ts"
import type { Schedule } from "../../events/schedule.ts"
import type { EpochMs } from "../../events/time.ts"
import { nextDue } from "../../machines/next-due.ts"
import type { JobState } from "../../machines/state.ts"
import { evolve, initial } from "../../machines/table.ts"

type Recording = Recorded<JobFact>

/** A fact that something rests on, and who caused it. */
export interface Source {
  readonly type: JobFact["type"]
  readonly position: number
  readonly at: EpochMs
  readonly by: Actor
}

/** A run of the occurrence, or by hand at that time. */
export interface RunThen {
  readonly runId: RunId
  readonly dueAt: EpochMs
  readonly revision: number
  readonly attempt: number
  readonly trigger: Trigger
  readonly startedAt: EpochMs
  readonly lateMs: number
  /** How it ended; null while it is open. */
  outcome: string | null
  readonly started: Source
  ended: Source | null
}

/** A span in which the occurrence lies. */
export interface SpanThen {
  readonly type: "occurrences.skipped" | "occurrences.queued"
  readonly dueAt: EpochMs
  readonly from: EpochMs
  readonly to: EpochMs
  readonly count: number | null
  /** Why they were skipped, or what they wait for. */
  readonly reason: string
  readonly policy: Policy
  readonly source: Source
}

/** A plan for the occurrence, and what replaced it. */
export interface PlanThen {
  readonly plan: Plan
  readonly planned: Source
  replacedBy: Source | null
}

/** What held for the job from some fact on. */
export interface Regime {
  readonly source: Source
  readonly schedule: Schedule
  readonly policy: Policy
  readonly life: "enabled" | "disabled" | "paused" | "removed"
  /** Until when it is paused, or why it is disabled. */
  readonly until: EpochMs | null
  readonly reason: string | null
  /** The plan that this began with, if it began one. */
  readonly plan: Plan | null
}

/** The time one asks about: an instant, and how wide it is when its seconds were left out. */
export interface Asked {
  readonly at: EpochMs
  readonly widthMs: number
}

/** All that the facts of a job say about one time, however many facts there are. */
export interface Story {
  readonly asked: Asked
  readonly runs: Array<RunThen>
  readonly byHand: Array<RunThen>
  readonly spans: Array<SpanThen>
  readonly plans: Array<PlanThen>
  readonly regimes: Array<Regime>
  /** Where the plan that stands was made. */
  standing: Source | null
  /** The job as it is now. */
  state: JobState
}

/** A story without any fact yet. */
export const emptyStory = (asked: Asked): Story => ({
  asked,
  runs: [],
  byHand: [],
  spans: [],
  plans: [],
  regimes: [],
  standing: null,
  state: initial,
})

/** Takes the next fact of the job. */
export const tell = (story: Story, recorded: Recording): void => {
  const { fact } = recorded
  const before = story.state
  if (fact.type === "run.started") tellStart(story, recorded, fact)
  if (isEnd(fact)) tellEnd(story, recorded, fact)
  if (fact.type === "occurrences.skipped" || fact.type === "occurrences.queued") {
    tellSpan(story, recorded, fact)
  }
  story.state = evolve(before, fact)
  tellPlan(story, recorded, before)
  tellRegime(story, recorded)
}

/** Whether an instant is the one that was asked about. */
export const isAsked = ({ at, widthMs }: Asked, instant: EpochMs): boolean =>
  instant >= at && instant < at + widthMs

/** The first occurrence of a schedule at the time that was asked about. */
export const occurrenceAt = (schedule: Schedule, asked: Asked): EpochMs | undefined => {
  const dueAt = nextDue(schedule, asked.at - 1)
  return dueAt !== undefined && isAsked(asked, dueAt) ? dueAt : undefined
}

const sourceOf = ({ fact, position, at, meta }: Recording): Source => ({
  type: fact.type,
  position,
  at,
  by: meta.actor,
})

const tellStart = (
  story: Story,
  recorded: Recording,
  fact: Extract<JobFact, { readonly type: "run.started" }>,
): void => {
  const { runId, dueAt, revision, attempt, trigger, lateMs } = fact
  if (!isAsked(story.asked, dueAt)) return
  const started = sourceOf(recorded)
  const run = { runId, dueAt, revision, attempt, trigger, lateMs, startedAt: recorded.at, started }
  const told = trigger === "manual" ? story.byHand : story.runs
  told.push({ ...run, outcome: null, ended: null })
}

type End = Extract<
  JobFact,
  {
    readonly type:
      | "run.succeeded"
      | "run.failed"
      | "run.timed-out"
      | "run.cancelled"
      | "run.gated"
      | "run.interrupted"
  }
>

const ends: ReadonlySet<JobFact["type"]> = new Set<End["type"]>([
  "run.succeeded",
  "run.failed",
  "run.timed-out",
  "run.cancelled",
  "run.gated",
  "run.interrupted",
])

const isEnd = (fact: JobFact): fact is End => ends.has(fact.type)

const tellEnd = (story: Story, recorded: Recording, { type, runId }: End): void => {
  const run = [...story.runs, ...story.byHand].find((one) => one.runId === runId)
  if (run === undefined) return
  run.outcome = type.slice("run.".length)
  run.ended = sourceOf(recorded)
}

const tellSpan = (
  story: Story,
  recorded: Recording,
  fact: Extract<JobFact, { readonly type: "occurrences.skipped" | "occurrences.queued" }>,
): void => {
  const { asked, state } = story
  const { type, from, to, count } = fact
  if (to < asked.at || from >= asked.at + asked.widthMs) return
  const { schedule, policy } = state.context.definition
  const dueAt = isAsked(asked, from) ? from : occurrenceAt(schedule, asked)
  if (dueAt === undefined || dueAt > to) return
  const reason = fact.type === "occurrences.skipped" ? fact.reason : fact.cause
  story.spans.push({ type, dueAt, from, to, count, reason, policy, source: sourceOf(recorded) })
}

/** Notes plans for the time that was asked about, and which fact took their place. */
const tellPlan = (story: Story, recorded: Recording, before: JobState): void => {
  const former = before.context.plan
  const { plan } = story.state.context
  if (plan === former || isSame(plan, former)) return
  const source = sourceOf(recorded)
  const replaced = story.plans.find((one) => one.replacedBy === null)
  if (replaced !== undefined) replaced.replacedBy = source
  story.standing = plan === null ? null : source
  if (plan === null || !isAsked(story.asked, plan.dueAt)) return
  story.plans.push({ plan, planned: source, replacedBy: null })
}

const isSame = (one: Plan | null, other: Plan | null): boolean =>
  one !== null &&
  other !== null &&
  one.revision === other.revision &&
  one.after === other.after &&
  one.dueAt === other.dueAt

/** The facts that change what holds for a job. */
const changing: ReadonlySet<JobFact["type"]> = new Set([
  "job.added",
  "job.updated",
  "job.enabled",
  "job.disabled",
  "job.paused",
  "job.resumed",
  "job.removed",
  "job.replanned",
])

const tellRegime = (story: Story, recorded: Recording): void => {
  const { fact } = recorded
  if (!changing.has(fact.type)) return
  const { definition, disabledReason, pausedUntil } = story.state.context
  story.regimes.push({
    source: sourceOf(recorded),
    schedule: definition.schedule,
    policy: definition.policy,
    life: lifeOf(story.state),
    until: pausedUntil,
    reason: disabledReason,
    plan: "plan" in fact ? fact.plan : null,
  })
}

const lifeOf = ({ value, context }: JobState): Regime["life"] => {
  if (value === "removed") return "removed"
  if (context.disabledReason !== null) return "disabled"
  return context.paused ? "paused" : "enabled"
}
