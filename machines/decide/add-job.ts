import { Result } from "effect"
import type { FactOf } from "../../events/fact.ts"
import type { AddJob, DecideContext } from "../command.ts"
import { resolvePolicy } from "../policy.ts"
import { Refusal } from "../refusal.ts"
import { resolveSchedule } from "../schedule.ts"
import type { JobState } from "../state.ts"
import { evolve, initial } from "../table.ts"
import { agentProblem } from "./agent-choice.ts"
import type { Decision } from "./decision.ts"
import { blank, chatProblem, defaultName, promptProblem } from "./definition.ts"
import { disableJob } from "./disable-job.ts"
import { notFromInside, notYours } from "./permission.ts"
import { freshPlan } from "./planning.ts"
import { policyProblem } from "./policy-choice.ts"

/** A new job: everything it was asked for is resolved now and recorded, its first plan included. */
export const addJob = (state: JobState, command: AddJob, context: DecideContext): Decision => {
  const refusal =
    notFromInside(command, context) ??
    notYours(command.owner, command, context) ??
    taken(state, command, context) ??
    promptProblem(command.prompt) ??
    chatProblem(command, context) ??
    agentProblem(command.policy, context)
  return refusal === undefined ? added(command, context) : Result.fail(refusal)
}

const added = (command: AddJob, context: DecideContext): Decision =>
  Result.gen(function* () {
    const policy = yield* resolvePolicy(command.policy ?? {})
    const { schedule } = yield* resolveSchedule(command.schedule, context)
    const { jobId, owner, prompt, channel, chatId, deleteAfterRun = false } = command
    const start = { jobId, definition: { schedule, policy }, ...unborn }
    const refusal = policyProblem(start.definition, context)
    if (refusal !== undefined) return yield* Result.fail(refusal)
    const plan = yield* freshPlan(start, context)
    const name = blank(command.name) ? defaultName(prompt) : command.name
    const model = blank(command.model) ? null : command.model
    const key = blank(command.key) ? null : command.key
    const definition = { name, prompt, schedule, channel, chatId, model, deleteAfterRun, policy }
    const fact: FactOf<"job.added"> = { type: "job.added", jobId, owner, key, ...definition, plan }
    return command.enabled === false ? yield* disabledAtOnce(fact, context) : [fact]
  })

const unborn = { revision: 1, accountedAt: null, claimedCount: 0 } as const

/** One append, so that nothing can fire in between. */
const disabledAtOnce = (fact: FactOf<"job.added">, context: DecideContext): Decision =>
  Result.map(
    disableJob(evolve(initial, fact), { type: "disable-job", jobId: fact.jobId }, context),
    (facts) => [fact, ...facts],
  )

const taken = (
  { value }: JobState,
  { jobId, key }: AddJob,
  { keyOwner }: DecideContext,
): Refusal | undefined => {
  if (value !== "absent") {
    return new Refusal({
      code: "exists",
      message: `Job ${jobId} exists${value === "removed" ? "ed and was removed" : " already"}.`,
      received: jobId,
      expected: "an id that no job has or had",
      hint: "Update the job, or leave the id out to get a new one.",
    })
  }
  if (keyOwner === undefined) return undefined
  return new Refusal({
    code: "exists",
    message: `The key ${JSON.stringify(key)} belongs to job ${keyOwner}.`,
    received: key,
    expected: "a key that no job holds",
    hint: "Update that job, or use another key.",
    matches: [keyOwner],
  })
}
