import { Effect } from "effect"
import type { JobId } from "../../events/ids.ts"
import type { EpochMs } from "../../events/time.ts"
import type { JobDue } from "../../machines/clock.ts"
import { catchUpCommandId, startCommandId, type JobCommand } from "../../machines/command.ts"
import type { JobRequest } from "../../machines/job.ts"
import { Clock } from "../clock/clock.ts"
import { Random } from "../random.ts"
import { Boot } from "./boot.ts"
import { earliest } from "./earliest.ts"
import { Engine } from "./engine.ts"
import { JobActors } from "./job-actors.ts"

/** How long a job whose request was refused is left alone. */
const refusedBackoffMs = 1_000

/**
 * Tells jobs that they are due and does what they ask for, each in a fiber of its own. A job whose
 * request is refused, or that asks for nothing, rests for a while. `wake` rings the alarm anew.
 */
export const makeStarter = Effect.fnUntraced(function* (wake: () => void) {
  const actors = yield* JobActors
  const clock = yield* Clock
  const carryOut = yield* makeCarryOut
  const scope = yield* Effect.scope
  const asking = new Set<JobId>()
  const restingUntil = new Map<JobId, EpochMs>()

  const rest = (jobId: JobId) => {
    actors.release(jobId)
    restingUntil.set(jobId, clock.now() + refusedBackoffMs)
  }

  const dispatch = (asked: JobRequest) =>
    carryOut(asked).pipe(
      Effect.catchTag("Refusal", ({ message }) =>
        Effect.andThen(
          Effect.sync(() => rest(asked.jobId)),
          Effect.logDebug(`${asked.type} of ${asked.jobId} was refused: ${message}`),
        ),
      ),
      // While it was asking, the alarm left the job out: what it waits for now may come sooner.
      Effect.ensuring(
        Effect.sync(() => {
          asking.delete(asked.jobId)
          wake()
        }),
      ),
      Effect.ignore,
    )

  const start = Effect.fnUntraced(function* (signal: JobDue) {
    const { jobId } = signal
    const asked = yield* actors.due(jobId, signal)
    if (asked === undefined || asked.type === "let-be") return rest(jobId)
    asking.add(jobId)
    yield* Effect.forkIn(dispatch(asked), scope, { startImmediately: true })
    return
  })

  /** Lets a job have what has passed; whatever else it asks for waits for its turn. */
  const passOver = Effect.fnUntraced(function* (signal: JobDue) {
    const asked = yield* actors.due(signal.jobId, signal)
    actors.release(signal.jobId)
    if (asked?.type === "catch-up-job") yield* dispatch(asked)
  })

  const resting = (now: EpochMs): ReadonlySet<JobId> => {
    for (const [jobId, until] of restingUntil) if (until <= now) restingUntil.delete(jobId)
    return new Set([...asking, ...restingUntil.keys()])
  }
  return { start, passOver, resting, restsUntil: () => earliest(restingUntil.values()) }
})

/** Does what a job asks for. */
const makeCarryOut = Effect.gen(function* () {
  const engine = yield* Engine
  const clock = yield* Clock
  const { uuid } = yield* Random
  const { bootId } = yield* Boot

  const dispatch = (command: JobCommand, commandId: string, correlationId = commandId) =>
    engine.dispatch({
      command,
      commandId,
      by: { kind: "clock", id: bootId },
      body: null,
      answer: () => null,
      correlationId,
    })

  return (asked: JobRequest) => {
    switch (asked.type) {
      case "start-run": {
        const runId = `run_${uuid(clock.now())}`
        return dispatch({ ...asked, runId }, startCommandId(asked), runId)
      }
      case "catch-up-job":
        return dispatch(asked, catchUpCommandId(asked))
      case "resume-job":
        return dispatch(asked, `resume/${asked.jobId}/${uuid(clock.now())}`)
      case "cancel-run":
        return engine.cancel(asked.runId, asked.reason)
      case "let-be":
        return Effect.void
    }
  }
})
