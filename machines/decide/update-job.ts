import { Equal, Result } from "effect"
import type { FactOf, JobFact } from "../../events/fact.ts"
import type { JobDefinition, JobPatch } from "../../events/job.ts"
import type { Plan } from "../../events/plan.ts"
import type { Policy } from "../../events/policy.ts"
import type { Schedule } from "../../events/schedule.ts"
import type { DecideContext, UpdateJob } from "../command.ts"
import { resolvePolicy } from "../policy.ts"
import type { Refusal } from "../refusal.ts"
import { resolveSchedule } from "../schedule.ts"
import type { JobContext, JobState } from "../state.ts"
import { agentProblem, commandLineProblem } from "./agent-choice.ts"
import { type Decision } from "./decision.ts"
import { blank, chatProblem } from "./definition.ts"
import { givenUp } from "./overdue.ts"
import { policyProblem } from "./policy-choice.ts"
import { freshPlan, type FreshStart } from "./planning.ts"

/**
 * Only what is given changes; what is given as it was changes nothing. A schedule that really differs
 * is planned afresh, under a new revision; a run in flight is left alone.
 */
export const updateJob = (state: JobState, command: UpdateJob, asked: DecideContext): Decision =>
  Result.gen(function* () {
    const { context } = state
    const refusal = commandLineProblem(state, asked) ?? agentProblem(command.policy, asked)
    if (refusal !== undefined) return yield* Result.fail(refusal)
    const patch = yield* changesOf(context.definition, command, asked)
    if (Object.keys(patch).length === 0) return []
    const problem = policyProblem({ ...context.definition, ...patch }, asked)
    if (problem !== undefined) return yield* Result.fail(problem)
    const plan = yield* planFor(state, patch, asked)
    const previousDueAt = context.plan?.dueAt ?? null
    const before = formerOf(context.definition, patch)
    const updated: FactOf<"job.updated"> = {
      type: "job.updated",
      patch,
      before,
      previousDueAt,
      plan,
    }
    const isNew = plan !== null && plan.revision !== context.revision
    const gone = isNew ? givenUp(context, asked.now, "schedule-changed") : []
    const facts: ReadonlyArray<JobFact> = [...gone, updated]
    return facts
  })

/** A disabled job keeps its new schedule until it is enabled; only then it is planned. */
const planFor = (
  { value, context }: JobState,
  patch: JobPatch,
  asked: DecideContext,
): Result.Result<Plan | null, Refusal> => {
  const idle = value === "disabled" || context.disabledReason !== null
  if (idle) return Result.succeed(null)
  const definition = { ...context.definition, ...patch }
  if (patch.schedule === undefined && !replans(context.definition, definition)) {
    return Result.succeed(null)
  }
  const start = { ...context, definition, revision: context.revision + 1 }
  return patch.schedule === undefined ? boundedPlan(context, start, asked) : freshPlan(start, asked)
}

/** The keys of a policy that say which occurrences there are, and when they start. */
const replans = ({ policy: before }: JobDefinition, { policy: after }: JobDefinition): boolean =>
  before.startAt !== after.startAt ||
  before.endAt !== after.endAt ||
  before.runsMax !== after.runsMax ||
  before.jitterMs !== after.jitterMs

/**
 * New bounds or another jitter count from the next occurrence on: one that is due keeps its plan, and
 * one that stays the same is only woken at another time, unless a retry waits for its own.
 */
const boundedPlan = (
  { plan, retry }: JobContext,
  start: FreshStart,
  asked: DecideContext,
): Result.Result<Plan | null, Refusal> => {
  if (plan !== null && plan.dueAt <= asked.now) return Result.succeed(null)
  return Result.map(freshPlan(start, asked), (fresh) => {
    if (plan === null || fresh.dueAt !== plan.dueAt) return fresh
    return retry !== null || fresh.wakeAt === plan.wakeAt ? null : { ...plan, wakeAt: fresh.wakeAt }
  })
}

const changesOf = (
  definition: JobDefinition,
  command: UpdateJob,
  asked: DecideContext,
): Result.Result<JobPatch, Refusal> =>
  Result.gen(function* () {
    yield* channelCheck(definition, command, asked)
    const schedule = yield* scheduleOf(definition, command, asked)
    const policy = yield* policyOf(definition, command)
    const { deleteAfterRun = definition.deleteAfterRun } = command
    const wanted = { ...definition, ...textsOf(command), schedule, policy, deleteAfterRun }
    return differing(definition, wanted)
  })

/** A blank text does not clear anything; a model of null goes back to the default. */
const textsOf = ({ name, prompt, channel, chatId, model }: UpdateJob): JobPatch => ({
  ...(!blank(name) && { name }),
  ...(!blank(prompt) && { prompt }),
  ...(!blank(channel) && { channel }),
  ...(!blank(chatId) && { chatId }),
  ...((model === null || !blank(model)) && { model }),
})

const channelCheck = (
  { chatId }: JobDefinition,
  { channel }: UpdateJob,
  asked: DecideContext,
): Result.Result<void, Refusal> => {
  const refusal = blank(channel) ? undefined : chatProblem({ channel, chatId }, asked)
  return refusal === undefined ? Result.succeed(undefined) : Result.fail(refusal)
}

/** A schedule without a zone stays in the job's own; an interval that stays keeps its anchor. */
const scheduleOf = (
  { schedule }: JobDefinition,
  { schedule: request }: UpdateJob,
  asked: DecideContext,
): Result.Result<Schedule, Refusal> => {
  if (request === undefined) return Result.succeed(schedule)
  const resolved = resolveSchedule(request, { ...asked, zone: schedule.tz })
  const anchored = "every" in request && request.anchorAt === undefined
  return Result.map(resolved, ({ schedule: wanted }) =>
    anchored ? keepingAnchor(wanted, schedule) : wanted,
  )
}

const keepingAnchor = (wanted: Schedule, present: Schedule): Schedule =>
  wanted.type === "every" && present.type === "every" && wanted.everyMs === present.everyMs
    ? { ...wanted, anchorAt: present.anchorAt }
    : wanted

const policyOf = (
  { policy }: JobDefinition,
  { policy: patch }: UpdateJob,
): Result.Result<Policy, Refusal> =>
  patch === undefined ? Result.succeed(policy) : resolvePolicy(patch, policy)

const differing = (definition: JobDefinition, wanted: JobDefinition): JobPatch => {
  const changed = fieldsOf(wanted).filter(
    (field) => !Equal.equals(definition[field], wanted[field]),
  )
  return Object.fromEntries(changed.map((field) => [field, wanted[field]]))
}

const formerOf = (definition: JobDefinition, patch: JobPatch): JobPatch =>
  Object.fromEntries(fieldsOf(patch).map((field) => [field, definition[field]]))

const fieldsOf = (patch: JobPatch): ReadonlyArray<keyof JobDefinition> =>
  Object.keys(patch) as ReadonlyArray<keyof JobDefinition>
