import { Effect, Result, Schema } from "effect"
import { EpochMs } from "../../events/time.ts"
import { readAt } from "../../machines/at-text.ts"
import { parseDuration } from "../../machines/duration.ts"
import { Refusal } from "../../machines/refusal.ts"
import { Clock } from "../clock/clock.ts"
import { Engine, type Decided } from "../engine/engine.ts"
import { Settings } from "../settings.ts"
import { commandIds } from "./caller.ts"
import { answerOf, JobAnswer, scheduleOf } from "./job-answer.ts"
import { defineOperation, type Caller } from "./operation.ts"
import { dispatch, targetOf } from "./target.ts"

const job_id = Schema.optionalKey(
  Schema.NonEmptyString.annotate({
    description: "The job: id, unique name or id prefix. Without it, everything is meant.",
  }),
)

export const PauseInput = Schema.Struct({
  job_id,
  until: Schema.optionalKey(
    Schema.Union([Schema.NonEmptyString, Schema.Int]).annotate({
      description: "When the job goes on: ISO 8601, epoch ms, or so long from now (2h, 3d).",
    }),
  ),
})
export type PauseInput = typeof PauseInput.Type

export const ResumeInput = Schema.Struct({ job_id })
export type ResumeInput = typeof ResumeInput.Type

/** What a pause or its end came to. */
export const PauseAnswer = Schema.Struct({
  /** The job; null when everything was meant. */
  job: Schema.NullOr(JobAnswer),
  paused: Schema.Boolean,
  until: Schema.NullOr(EpochMs),
  /** false: it was like that already. */
  changed: Schema.Boolean,
})
export type PauseAnswer = typeof PauseAnswer.Type

/** Keeps a job, or everything, from firing until it is resumed; what passes meanwhile is skipped. */
export const pause = defineOperation({
  name: "pause",
  title: "Pause a job, or everything",
  kind: "write",
  input: PauseInput,
  output: PauseAnswer,
  run: Effect.fn("pause")(function* (input, caller) {
    const { job_id: ref, until } = input
    if (ref === undefined) {
      if (until !== undefined) return yield* untilWithoutJob(until)
      return yield* everything("pause-clock", input, caller)
    }
    return yield* pauseJob({ ...input, job_id: ref }, caller)
  }),
})

/** Lets a job, or everything, fire again. */
export const resume = defineOperation({
  name: "resume",
  title: "Resume a job, or everything",
  kind: "write",
  input: ResumeInput,
  output: PauseAnswer,
  run: Effect.fn("resume")(function* (input, caller) {
    if (input.job_id === undefined) return yield* everything("resume-clock", input, caller)
    const { jobId, commandId } = yield* targetOf(input.job_id, caller)
    const command = { type: "resume-job", jobId } as const
    const answer = pauseAnswer
    return yield* dispatch({ operation: "resume", input, command, commandId, caller, answer })
  }),
})

const pauseAnswer = (decided: Decided): PauseAnswer => {
  const { paused, pausedUntil } = decided.after.context
  return {
    job: answerOf(decided),
    paused,
    until: pausedUntil,
    changed: decided.facts.length > 0,
  }
}

const pauseJob = Effect.fnUntraced(function* (
  input: PauseInput & { readonly job_id: string },
  caller: Caller,
) {
  const { jobId, commandId, row } = yield* targetOf(input.job_id, caller)
  const tz = row === undefined ? (yield* Settings).zone : scheduleOf(row).tz
  const until = yield* Effect.fromResult(readUntil(input.until, (yield* Clock).now(), tz))
  const command = {
    type: "pause-job",
    jobId,
    ...(until !== undefined && { until }),
  } as const
  const answer = pauseAnswer
  return yield* dispatch({ operation: "pause", input, command, commandId, caller, answer })
})

/** A length is counted from now; anything else is a point in time. */
const readUntil = (
  until: string | number | undefined,
  now: EpochMs,
  tz: string,
): Result.Result<EpochMs | undefined, Refusal> => {
  if (until === undefined) return Result.succeed(undefined)
  const length = typeof until === "string" ? parseDuration(until) : undefined
  if (length !== undefined && Result.isSuccess(length)) return Result.succeed(now + length.success)
  return Result.mapError(readAt(until, tz), ({ message, received, expected }) => {
    const hint = "Write a time such as 2026-12-01T09:00, or how long from now: 2h, 3d."
    return new Refusal({
      code: "invalid-input",
      message: `until: ${message}`,
      ...(received !== undefined && { received }),
      ...(expected !== undefined && { expected: `${expected}, or a duration such as 2h` }),
      hint,
    })
  })
}

const everything = Effect.fnUntraced(function* (
  type: "pause-clock" | "resume-clock",
  input: PauseInput,
  caller: Caller,
) {
  if (caller.by.kind === "agent") return yield* forPeople(type)
  const engine = yield* Engine
  const { commandId } = yield* commandIds(caller)
  return yield* engine.clock({
    command: { type },
    commandId,
    by: caller.by,
    body: { operation: type, input },
    answer: ({ changed }): PauseAnswer => ({
      job: null,
      paused: type === "pause-clock",
      until: null,
      changed,
    }),
  })
})

const forPeople = (type: string) =>
  new Refusal({
    code: "forbidden",
    message: `${type} concerns every job: only a person may ask for it.`,
    received: type,
    expected: "the job_id of a job of the calling chat",
    hint: "Name a job, or have the person do it from the command line.",
  })

const untilWithoutJob = (until: string | number) =>
  new Refusal({
    code: "invalid-input",
    message: "until is for a job: everything is paused until somebody resumes it.",
    received: until,
    expected: "job_id and until, or neither",
    hint: "Name the job, or leave until out.",
  })
