import { Effect } from "effect"
import type { JobId } from "../../events/ids.ts"
import type { JobCommand } from "../../machines/command.ts"
import type { Refusal } from "../../machines/refusal.ts"
import type { JobRunRow } from "../../projections/job-runs.ts"
import type { ScheduledJobRow } from "../../projections/scheduled-jobs.ts"
import type { Clock } from "../clock/clock.ts"
import { Engine, type Decided } from "../engine/engine.ts"
import type { LogFailed } from "../log/event-log.ts"
import type { Random } from "../random.ts"
import type { Settings } from "../settings.ts"
import { jobForbidden } from "../views/not-found.ts"
import { Views } from "../views/views.ts"
import { commandIds, scopeOf, type CommandIds } from "./caller.ts"
import type { Caller } from "./operation.ts"

/** The job that `ref` names, as far as the caller may see it. */
export const jobNamed = (
  ref: string,
  caller: Caller,
): Effect.Effect<ScheduledJobRow, Refusal | LogFailed, Views | Settings> =>
  Effect.gen(function* () {
    const views = yield* Views
    return yield* views.job(ref.trim(), yield* scopeOf(caller))
  })

/** The run that `ref` names, as far as the caller may see its job, which may be gone by now. */
export const runNamed = (
  ref: string,
  caller: Caller,
): Effect.Effect<JobRunRow, Refusal | LogFailed, Views | Settings> =>
  Effect.gen(function* () {
    const views = yield* Views
    const run = yield* views.run(ref.trim())
    yield* mayRead(run.job_id, caller)
    return run
  })

/** Refuses to tell an agent of a job of another chat, a removed one too. */
export const mayRead = (
  jobId: JobId,
  caller: Caller,
): Effect.Effect<void, Refusal | LogFailed, Views | Settings> =>
  Effect.gen(function* () {
    const scope = yield* scopeOf(caller)
    if (scope === undefined) return
    const owner = (yield* (yield* Views).added(jobId))?.owner
    const own = owner?.channel === scope.channel && owner.chatId === scope.chatId
    if (!own) return yield* jobForbidden(jobId)
  })

/** What a write needs to know: which job, by which command. */
export interface Target extends CommandIds {
  readonly jobId: JobId
  /** Absent only when the command was answered before, and will be answered the same way. */
  readonly row?: ScheduledJobRow
}

/** Finds the job a write is about. A repeated command finds its answer, though its job is gone. */
export const targetOf = (
  ref: string,
  caller: Caller,
): Effect.Effect<Target, Refusal | LogFailed, Views | Settings | Clock | Random> =>
  Effect.gen(function* () {
    const ids = yield* commandIds(caller)
    const views = yield* Views
    const repeated = caller.commandId !== undefined && (yield* views.answered(caller.commandId))
    if (repeated) return { ...ids, jobId: ref.trim() }
    const row = yield* jobNamed(ref, caller)
    return { ...ids, jobId: row.id, row }
  })

/** Hands a command to the engine. The body is what was asked, not what it was resolved to. */
export const dispatch = <A>(asked: {
  readonly operation: string
  readonly input: unknown
  readonly command: JobCommand
  readonly commandId: string
  readonly caller: Caller
  readonly answer: (decided: Decided) => A
}): Effect.Effect<A, Refusal | LogFailed, Engine> =>
  Effect.flatMap(Engine, (engine) =>
    engine.dispatch({
      command: asked.command,
      commandId: asked.commandId,
      by: asked.caller.by,
      body: { operation: asked.operation, input: asked.input },
      answer: asked.answer,
    }),
  )
