import { Result } from "effect"
import type { JobFact } from "../../events/fact.ts"
import type { Plan } from "../../events/plan.ts"
import type { DecideContext, EnableJob } from "../command.ts"
import { Refusal } from "../refusal.ts"
import type { JobContext, JobState } from "../state.ts"
import { instant, nothing, records, type Decision } from "./decision.ts"
import { resumedWith } from "./pause-job.ts"
import { freshPlan } from "./planning.ts"

/** The job fires again: planned afresh from now, or as it was when only its end had been asked for. */
export const enableJob = (
  { value, context }: JobState,
  _command: EnableJob,
  asked: DecideContext,
): Decision => {
  if (value === "running.disabling") return restated(context)
  // Also while a disabled job runs by hand.
  const isDisabled = context.disabledReason !== null
  return isDisabled ? Result.map(planFrom(context, asked), enabledWith(context)) : nothing
}

const restated = (context: JobContext): Decision =>
  context.plan === null
    ? Result.fail(passed(context))
    : records(...enabledWith(context)(context.plan))

/** Who enables a job wants it to fire: a pause of it ends too. */
const enabledWith =
  (context: JobContext) =>
  (plan: Plan): ReadonlyArray<JobFact> => [
    { type: "job.enabled", plan, previousDueAt: context.plan?.dueAt ?? null },
    ...resumedWith({ ...context, plan }),
  ]

const planFrom = (context: JobContext, asked: DecideContext): Result.Result<Plan, Refusal> => {
  const { definition, revision, accountedAt } = context
  const { schedule } = definition
  if (schedule.type === "at" && schedule.at <= asked.now) return Result.fail(passed(context))
  return freshPlan({ ...context, revision: revision + 1, accountedAt }, asked)
}

const passed = ({ jobId, definition: { schedule } }: JobContext): Refusal =>
  new Refusal({
    code: "in-past",
    message:
      schedule.type === "at"
        ? `Job ${jobId} was to run once, at ${instant(schedule.at)}, and that has passed.`
        : `Job ${jobId} has no occurrence to come.`,
    received: schedule,
    expected: "a schedule with an occurrence still to come",
    hint: "Update the job with a new schedule first, or run it by hand.",
  })
