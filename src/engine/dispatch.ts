import { Deferred, Effect, Layer } from "effect"
import type { Actor } from "../../events/envelope.ts"
import type { JobFact } from "../../events/fact.ts"
import type { RunId } from "../../events/ids.ts"
import { jobStream } from "../../events/stream.ts"
import type { JobCommand, RunJob, StartRun } from "../../machines/command.ts"
import { decide } from "../../machines/decide.ts"
import { openRunOf } from "../../machines/decide/decision.ts"
import { Refusal } from "../../machines/refusal.ts"
import { yields } from "../../machines/request.ts"
import type { JobState } from "../../machines/state.ts"
import { EventLog } from "../log/event-log.ts"
import { Settings } from "../settings.ts"
import { Answers, answerRow } from "./answers.ts"
import { Boot } from "./boot.ts"
import { makeClockCommands } from "./clock-commands.ts"
import { Engine, type Request } from "./engine.ts"
import { Heads } from "./heads.ts"
import { makeLocks } from "./locks.ts"
import { metaOf } from "./meta.ts"
import { OpenRuns } from "./open-runs.ts"
import { makeWorld } from "./world.ts"

const conflictsMax = 8

type Append = ReturnType<EventLog["Service"]["append"]>

/** Command, decide, append; and the answer once it is durable. */
export const layer = Layer.effect(
  Engine,
  Effect.gen(function* () {
    const log = yield* EventLog
    const heads = yield* Heads
    const answers = yield* Answers
    const runs = yield* OpenRuns
    const attempt = yield* makeAttempt
    const alone = makeLocks()

    const persistently = <A>(request: Request<A>) =>
      attempt(request).pipe(
        Effect.tapError((error) => Effect.sync(() => forgetIfStale(error, request.command))),
        Effect.retry({ while: (error) => error._tag === "VersionConflict", times: conflictsMax }),
        Effect.catchTags({ VersionConflict: contended, UnreadableFact: Effect.die }),
      )
    const forgetIfStale = ({ _tag }: { readonly _tag: string }, { jobId }: JobCommand) => {
      if (_tag === "VersionConflict") heads.forget(jobId)
    }

    const inSlot = <A>(request: Request<A>, effect: ReturnType<typeof persistently<A>>) =>
      startsRun(request.command) ? runs.inSlot(request.command.runId, effect) : effect

    const dispatch = Effect.fnUntraced(function* <A>(request: Request<A>) {
      const { command } = request
      const settled = yield* Effect.result(
        answers.once(request, alone(lockOf(command), inSlot(request, persistently(request)))),
      )
      yield* log.durable
      return yield* Effect.fromResult(settled)
    }, Effect.uninterruptible)

    const cancel = Effect.fn("Engine.cancel")(function* (runId: RunId, reason: string, by?: Actor) {
      const run = runs.get(runId)
      if (run === undefined) return yield* notRunning(runId)
      if (by !== undefined) run.endedBy ??= by
      yield* Deferred.succeed(run.ended, { type: "cancelled", reason } as const)
      yield* Deferred.await(run.settled)
      return yield* log.durable
    })

    const settled = Effect.fn("Engine.settled")(function* (runId: RunId) {
      const run = runs.get(runId)
      if (run !== undefined) yield* Deferred.await(run.settled)
      return yield* log.durable
    })

    const state = (jobId: string) =>
      heads.get(jobId).pipe(
        Effect.map((head) => head.state),
        Effect.catchTag("UnreadableFact", Effect.die),
      )

    return Engine.of({ dispatch, cancel, settled, state, clock: yield* makeClockCommands })
  }),
)

const makeAttempt = Effect.gen(function* () {
  const log = yield* EventLog
  const heads = yield* Heads
  const runs = yield* OpenRuns
  const answers = yield* Answers
  const { app } = yield* Settings
  const { bootId } = yield* Boot
  const worldOf = yield* makeWorld

  /** A run is open here before its fact can be seen: whoever follows the log will look for it. */
  const opening = (
    { context }: JobState,
    facts: ReadonlyArray<JobFact>,
    append: Append,
  ): Append => {
    const started = facts.find((fact) => fact.type === "run.started")
    const run = started && openRunOf(context, started.runId)
    if (started === undefined || run === undefined) return append
    const unopen = Effect.sync(() => runs.unopen(started.runId))
    return Effect.suspend(() => {
      runs.open({ ...run, jobId: context.jobId, yields: yields(context, run) })
      return append.pipe(
        Effect.tap(({ repeated }) => (repeated ? unopen : Effect.void)),
        Effect.onError(() => unopen),
      )
    })
  }

  /** One try on the head as it is. A conflict means that somebody else was first. */
  return Effect.fnUntraced(function* <A>(request: Request<A>) {
    const { command, commandId } = request
    const { jobId } = command
    const before = yield* heads.get(jobId)
    const context = yield* worldOf(request)
    const facts = yield* Effect.fromResult(decide(before.state, command, context))
    const after = heads.after(before, facts)
    const { now } = context
    const answer = request.answer({ jobId, now, facts, before: before.state, after: after.state })
    const stream = jobStream(jobId)
    const append = log.append({
      commandId,
      at: now,
      meta: metaOf({ id: commandId, name: command.type }, request, { app, instance: bootId }),
      facts: facts.map((fact) => ({ stream, fact })),
      expected: [{ stream, version: before.version }],
      ...answerRow(request, answer),
    })
    const { repeated } = yield* opening(after.state, facts, append)
    if (repeated) return yield* answers.again<A>(request)
    yield* heads.keep(jobId, before, after)
    return answer
  })
})

const startsRun = (command: JobCommand): command is StartRun | RunJob =>
  command.type === "start-run" || command.type === "run-job"

/** One dispatch per job at a time; and per key, since two new jobs may claim the same one. */
const lockOf = (command: JobCommand): string =>
  command.type === "add-job" && command.key !== undefined ? `key/${command.key}` : command.jobId

const contended = (): Effect.Effect<never, Refusal> =>
  Effect.fail(
    new Refusal({
      code: "stale",
      message: `The job was changed ${conflictsMax} times while this command was decided.`,
      hint: "Ask again.",
    }),
  )

const notRunning = (runId: RunId) =>
  new Refusal({
    code: "not-running",
    message: `The run ${runId} is not running here.`,
    received: runId,
    expected: "the id of a run that is open in this scheduler",
    hint: "`horolog runs` lists the runs and how they ended.",
  })
