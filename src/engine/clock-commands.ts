import { Effect } from "effect"
import type { ClockFact } from "../../events/fact.ts"
import { clockStream } from "../../events/stream.ts"
import { Clock } from "../clock/clock.ts"
import { EventLog } from "../log/event-log.ts"
import { Settings } from "../settings.ts"
import { Answers, answerRow } from "./answers.ts"
import { Boot } from "./boot.ts"
import type { ClockRequest } from "./engine.ts"
import { makeLocks } from "./locks.ts"
import { metaOf } from "./meta.ts"

/** What the clock's stream says so far, for whoever has to know whether everything is paused. */
export const makeClockFacts = Effect.gen(function* () {
  const log = yield* EventLog
  return log.read({ stream: clockStream }).pipe(
    Effect.map((recorded) => recorded.map(({ fact }) => fact as ClockFact)),
    Effect.catchTag("UnreadableFact", Effect.die),
  )
})

/** Pauses and resumes everything. The fact is all there is to it: whoever follows the log acts on it. */
export const makeClockCommands = Effect.gen(function* () {
  const log = yield* EventLog
  const clock = yield* Clock
  const answers = yield* Answers
  const { app } = yield* Settings
  const { bootId } = yield* Boot
  const read = yield* makeClockFacts
  const alone = makeLocks()

  const record = Effect.fnUntraced(
    function* <A>(request: ClockRequest<A>) {
      const { commandId, command } = request
      const now = clock.now()
      const fact = factOf(command.type, isPaused(yield* read), now)
      const answer = request.answer({ now, changed: fact !== undefined })
      yield* log.append({
        commandId,
        at: now,
        meta: metaOf({ id: commandId, name: command.type }, request, { app, instance: bootId }),
        facts: fact === undefined ? [] : [{ stream: clockStream, fact }],
        expected: [],
        ...answerRow(request, answer),
      })
      return answer
    },
    Effect.catchTag("VersionConflict", Effect.die),
  )

  return <A>(request: ClockRequest<A>) =>
    Effect.result(answers.once(request, alone(clockStream, record(request)))).pipe(
      Effect.tap(() => log.durable),
      Effect.flatMap(Effect.fromResult),
      Effect.uninterruptible,
    )
})

const factOf = (
  type: ClockRequest<unknown>["command"]["type"],
  paused: boolean,
  wallAt: number,
): ClockFact | undefined => {
  if (type === "pause-clock") return paused ? undefined : { type: "clock.paused", wallAt }
  return paused ? { type: "clock.resumed", wallAt } : undefined
}

/** Whether the last word on it was to pause. */
const isPaused = (facts: ReadonlyArray<ClockFact>): boolean =>
  facts.findLast(({ type }) => type === "clock.paused" || type === "clock.resumed")?.type ===
  "clock.paused"
