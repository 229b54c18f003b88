import { createHash } from "node:crypto"
import { Context, Effect, Layer } from "effect"
import { auditStream } from "../../events/stream.ts"
import { Refusal } from "../../machines/refusal.ts"
import { Clock } from "../clock/clock.ts"
import { EventLog, type Answer, type Batch, type LogFailed } from "../log/event-log.ts"
import { Settings } from "../settings.ts"
import { Boot } from "./boot.ts"
import type { Request } from "./engine.ts"
import { makeLocks } from "./locks.ts"
import { metaOf } from "./meta.ts"

/** Refusals that the audit stream keeps in one minute; the rest is told to the caller alone. */
const refusalsPerMinuteMax = 20

/** A command of whatever kind, as far as its answer is concerned. */
export type Asked = Pick<Request<unknown>, "commandId" | "by" | "body"> & {
  readonly command: { readonly type: string }
}

/** The commands of people, agents and imports are answered once; the clock's ids are fences already. */
const keepsAnswers = ({ by }: Asked): boolean =>
  by.kind === "user" || by.kind === "agent" || by.kind === "import"

/** The same command gets the same answer, refusals included, also after a restart. */
export class Answers extends Context.Service<
  Answers,
  {
    /** What was answered before, or else what `dispatch` answers now. */
    readonly once: <A>(
      request: Asked,
      dispatch: Effect.Effect<A, Refusal | LogFailed>,
    ) => Effect.Effect<A, Refusal | LogFailed>
    /** What somebody else's dispatch of the same command was answered meanwhile. */
    readonly again: <A>(request: Asked) => Effect.Effect<A, Refusal | LogFailed>
  }
>()("horolog/engine/Answers") {
  static readonly layer = Layer.effect(
    Answers,
    Effect.gen(function* () {
      const log = yield* EventLog
      const { now } = yield* Clock
      const { app } = yield* Settings
      const { bootId } = yield* Boot
      const audited = makeCap(refusalsPerMinuteMax, now)
      const alone = makeLocks()

      const refuse = Effect.fnUntraced(function* (request: Asked, refusal: Refusal) {
        const { commandId, command } = request
        const fact = {
          type: "command.refused",
          command: command.type,
          code: refusal.code,
          message: refusal.message,
          allowed: refusal.allowed ?? [],
        } as const
        yield* log.append({
          commandId,
          at: now(),
          meta: metaOf({ id: commandId, name: command.type }, request, { app, instance: bootId }),
          facts: audited() ? [{ stream: auditStream, fact }] : [],
          expected: [],
          answer: { bodyHash: hashOf(request), result: JSON.stringify({ refused: refusal }) },
        })
      })

      const fresh = <A>(request: Asked, dispatch: Effect.Effect<A, Refusal | LogFailed>) =>
        Effect.tapError(dispatch, (error) =>
          error._tag === "Refusal"
            ? Effect.catchTag(refuse(request, error), "VersionConflict", Effect.die)
            : Effect.void,
        )

      /** One at a time for each id: who repeats a command may not wait for the first answer. */
      const once = <A>(request: Asked, dispatch: Effect.Effect<A, Refusal | LogFailed>) =>
        keepsAnswers(request)
          ? alone(
              request.commandId,
              Effect.flatMap(log.answer(request.commandId), (prior) =>
                prior === undefined ? fresh(request, dispatch) : repeat<A>(request, prior),
              ),
            )
          : dispatch

      const again = <A>(request: Asked): Effect.Effect<A, Refusal | LogFailed> =>
        Effect.flatMap(log.answer(request.commandId), (prior) =>
          prior === undefined ? Effect.fail(carriedOut(request)) : repeat<A>(request, prior),
        )

      return Answers.of({ once, again })
    }),
  )
}

/** The answer as it goes into the batch with the facts. */
export const answerRow = <A>(request: Asked, answer: A): Pick<Batch, "answer"> =>
  keepsAnswers(request)
    ? { answer: { bodyHash: hashOf(request), result: JSON.stringify({ answer }) } }
    : {}

const repeat = <A>(request: Asked, prior: Answer): Effect.Effect<A, Refusal> => {
  const { commandId } = request
  if (prior.bodyHash !== hashOf(request)) {
    return Effect.fail(
      new Refusal({
        code: "invalid-input",
        message: `The command id ${commandId} was used before, for another command.`,
        received: commandId,
        expected: "a command id that is new, or the same command under it",
        hint: "Give every new command an id of its own.",
      }),
    )
  }
  const kept = JSON.parse(prior.result) as { readonly answer: A } | { readonly refused: object }
  return "refused" in kept
    ? Effect.fail(new Refusal(kept.refused as ConstructorParameters<typeof Refusal>[0]))
    : Effect.succeed(kept.answer)
}

/** The clock's commands keep no answers; their ids alone say that they were carried out. */
const carriedOut = ({ commandId }: Asked) =>
  new Refusal({
    code: "stale",
    message: `The command ${commandId} has been carried out already.`,
    received: commandId,
  })

/** What was asked, and by whom: another chat that uses the same id has not asked the same. */
const hashOf = ({ body, by: { kind, id, channel, chatId } }: Asked): string =>
  createHash("sha256")
    .update(JSON.stringify([body ?? null, kind, id, channel ?? null, chatId ?? null]))
    .digest("hex")

/** Lets through so many a minute. */
const makeCap = (perMinuteMax: number, now: () => number) => {
  let minuteAt = 0
  let count = 0
  return (): boolean => {
    if (now() - minuteAt >= 60_000 || now() < minuteAt) {
      minuteAt = now()
      count = 0
    }
    count += 1
    return count <= perMinuteMax
  }
}
