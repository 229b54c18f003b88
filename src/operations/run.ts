import { Effect, Schema } from "effect"
import { EpochMs } from "../../events/time.ts"
import { Refusal } from "../../machines/refusal.ts"
import { Engine, type Decided } from "../engine/engine.ts"
import { Views } from "../views/views.ts"
import { answerOf, JobAnswer } from "./job-answer.ts"
import { defineOperation } from "./operation.ts"
import { RunAnswer, runAnswer } from "./run-answer.ts"
import { dispatch, runNamed, targetOf } from "./target.ts"

export const RunInput = Schema.Struct({
  job_id: Schema.NonEmptyString.annotate({ description: "The job: id, unique name or id prefix." }),
  wait: Schema.optionalKey(
    Schema.Boolean.annotate({ description: "Answer when the run has ended, with what it said." }),
  ),
})

/** The run that was begun, and the job it is of, whose plan stands. */
export const RunStartedAnswer = Schema.Struct({
  ...JobAnswer.fields,
  run_id: Schema.String,
  status: Schema.String,
  started_at: EpochMs,
  /** How it ended; only when it was waited for. */
  run: Schema.optionalKey(RunAnswer),
})
export type RunStartedAnswer = typeof RunStartedAnswer.Type

/** Runs a job now, whatever its plan says; the plan stands. */
export const run = defineOperation({
  name: "run",
  title: "Run a job now",
  kind: "write",
  input: RunInput,
  output: RunStartedAnswer,
  run: Effect.fn("run")(function* (input, caller) {
    const { jobId, commandId, uuid } = yield* targetOf(input.job_id, caller)
    const runId = `run_${uuid}`
    const started: RunStartedAnswer = yield* dispatch({
      operation: "run",
      input: { job_id: input.job_id },
      command: { type: "run-job", jobId, runId },
      commandId,
      caller,
      answer: (decided: Decided) => ({
        ...answerOf(decided),
        run_id: runId,
        status: "running",
        started_at: decided.now,
      }),
    })
    if (input.wait !== true) return started
    yield* (yield* Engine).settled(started.run_id)
    const row = yield* (yield* Views).run(started.run_id)
    return { ...started, status: row.status, run: runAnswer(row) }
  }),
})

export const CancelInput = Schema.Struct({
  run_id: Schema.NonEmptyString.annotate({ description: "The run: id or id prefix." }),
  reason: Schema.optionalKey(
    Schema.NonEmptyString.annotate({ description: "Why; it is recorded with the run." }),
  ),
})

/** Ends a run that is open. Its job goes on as planned. */
export const cancel = defineOperation({
  name: "cancel",
  title: "Cancel a run",
  kind: "write",
  input: CancelInput,
  output: RunAnswer,
  run: Effect.fn("cancel")(function* (input, caller) {
    const { id } = yield* runNamed(input.run_id, caller)
    if (caller.by.runId !== undefined) return yield* fromInside(caller.by.runId)
    const reason = input.reason ?? `cancelled by ${caller.by.kind} ${caller.by.id}`
    yield* (yield* Engine).cancel(id, reason, caller.by)
    return runAnswer(yield* (yield* Views).run(id))
  }),
})

const fromInside = (runId: string): Refusal =>
  new Refusal({
    code: "self-scheduling",
    message: `cancel came from inside the run ${runId}, and a run may not end runs.`,
    received: runId,
    expected: "a command from outside of a run",
    hint: "Answer with what should be cancelled and let the person do it.",
  })
