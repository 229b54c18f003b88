import { Effect, Schema } from "effect"
import { answerOf, JobAnswer } from "./job-answer.ts"
import { defineOperation } from "./operation.ts"
import { dispatch, targetOf } from "./target.ts"

/** Names the one job a write is about. */
export const JobInput = Schema.Struct({
  job_id: Schema.NonEmptyString.annotate({ description: "The job: id, unique name or id prefix." }),
})
export type JobInput = typeof JobInput.Type

/** Makes a disabled job fire again, planned from now on. */
export const enable = defineOperation({
  name: "enable",
  title: "Enable a job",
  kind: "write",
  input: JobInput,
  output: JobAnswer,
  run: Effect.fn("enable")(function* (input, caller) {
    const { jobId, commandId } = yield* targetOf(input.job_id, caller)
    const command = { type: "enable-job", jobId } as const
    const answer = answerOf
    return yield* dispatch({ operation: "enable", input, command, commandId, caller, answer })
  }),
})

/** Stops a job from firing; an open run may end. */
export const disable = defineOperation({
  name: "disable",
  title: "Disable a job",
  kind: "write",
  input: JobInput,
  output: JobAnswer,
  run: Effect.fn("disable")(function* (input, caller) {
    const { jobId, commandId } = yield* targetOf(input.job_id, caller)
    const command = { type: "disable-job", jobId } as const
    const answer = answerOf
    return yield* dispatch({ operation: "disable", input, command, commandId, caller, answer })
  }),
})

/** Takes a job away for good; its runs and its facts stay. */
export const remove = defineOperation({
  name: "remove",
  title: "Remove a job",
  kind: "write",
  input: JobInput,
  output: JobAnswer,
  run: Effect.fn("remove")(function* (input, caller) {
    const { jobId, commandId } = yield* targetOf(input.job_id, caller)
    const command = { type: "remove-job", jobId } as const
    const answer = answerOf
    return yield* dispatch({ operation: "remove", input, command, commandId, caller, answer })
  }),
})
