import { Effect } from "effect"
import type { ClockFact } from "../../events/fact.ts"
import type { JobId } from "../../events/ids.ts"
import { clockStream } from "../../events/stream.ts"
import type { EpochMs } from "../../events/time.ts"
import { jumpOf } from "../../machines/clock.ts"
import { startCommandId } from "../../machines/command.ts"
import type { StartRequest } from "../../machines/job.ts"
import { Clock } from "../clock/clock.ts"
import { EventLog, type LogFailed } from "../log/event-log.ts"
import { Random } from "../random.ts"
import { Boot } from "./boot.ts"
import { ClockActor } from "./clock-actor.ts"
import { Engine } from "./engine.ts"
import { JobActors } from "./job-actors.ts"
import { OpenRuns } from "./open-runs.ts"
import { Recorder } from "./recorder.ts"
import { Runner } from "./runner.ts"

/** Wall and monotonic time may drift apart by this much between two rings without a step. */
const jumpToleranceMs = 1_000

/** How long a job whose start was refused is left alone. */
const refusedBackoffMs = 1_000

interface Wake {
  readonly jobId: JobId
  readonly wakeAt: EpochMs
}

/**
 * What happens when the alarm rings: a step of the wall clock is recorded, overdue runs end, and the
 * clock actor tells the jobs that are due, as many as there are free slots. Answers when to ring next.
 */
export const makeRing = Effect.gen(function* () {
  const clock = yield* Clock
  const clockActor = yield* ClockActor
  const runs = yield* OpenRuns
  const runner = yield* Runner
  const recordClock = yield* makeClockRecorder
  const startDue = yield* makeStarter
  const wakesFrom = yield* makeWakes
  const sample = () => ({ wallAt: clock.now(), monotonicMs: clock.monotonicMs() })
  let last = sample()

  const observeClock = Effect.suspend(() => {
    const current = sample()
    const jump = jumpOf(last, current, jumpToleranceMs)
    last = current
    return jump === undefined ? Effect.void : recordClock(jump)
  })

  const ring = Effect.gen(function* () {
    yield* observeClock
    const now = clock.now()
    yield* runner.expire(now)
    const wakes = yield* wakesFrom(now, runs.freeCount() + 1, startDue.resting(now))
    const due = wakes.filter(({ wakeAt }) => wakeAt <= now).slice(0, runs.freeCount())
    const told = clockActor.woke(
      due.map(({ jobId }) => jobId),
      now,
    )
    yield* Effect.forEach(told, startDue.start, { discard: true })
    return clockActor.state() === "ticking" && runs.freeCount() > 0
      ? earliest([runs.deadlineAt(), startDue.restsUntil(), wakes[due.length]?.wakeAt])
      : runs.deadlineAt()
  })
  return { ring, recordClock }
})

/**
 * The jobs that are to wake now, earliest first, at most `countMax` of them, or else with the one that
 * wakes next; without those that rest. Reading rows for nothing would make every start later.
 */
const makeWakes = Effect.gen(function* () {
  const log = yield* EventLog
  const wakes = (condition: "<=" | ">", now: EpochMs, limit: number) =>
    Effect.map(
      log.query(
        `SELECT id, wake_at FROM scheduled_jobs WHERE wake_at ${condition} ? ORDER BY wake_at LIMIT ?`,
        [now, limit],
      ),
      (rows) => rows.map((row) => ({ jobId: String(row["id"]), wakeAt: Number(row["wake_at"]) })),
    )
  return Effect.fnUntraced(function* (now: EpochMs, countMax: number, resting: ReadonlySet<JobId>) {
    const isAwake = ({ jobId }: Wake) => !resting.has(jobId)
    const due = (yield* wakes("<=", now, countMax + resting.size)).filter(isAwake)
    if (due.length >= countMax) return due.slice(0, countMax)
    const next = (yield* wakes(">", now, 1 + resting.size)).find(isAwake)
    return next === undefined ? due : [...due, next]
  })
})

/** Records what the clock did and lets the clock actor know. */
const makeClockRecorder = Effect.gen(function* () {
  const record = yield* Recorder
  const clockActor = yield* ClockActor
  const { bootId } = yield* Boot
  let count = 0
  return (fact: ClockFact): Effect.Effect<void, LogFailed> =>
    Effect.suspend(() => {
      count += 1
      return record({
        commandId: `${bootId}/clock/${count}`,
        name: "observe-clock",
        stream: clockStream,
        fact,
      })
    }).pipe(Effect.map(() => clockActor.follow(fact)))
})

/** Starts what is due, each in a fiber of its own; a job whose start is refused rests for a while. */
const makeStarter = Effect.gen(function* () {
  const engine = yield* Engine
  const actors = yield* JobActors
  const clock = yield* Clock
  const { uuid } = yield* Random
  const { bootId } = yield* Boot
  const scope = yield* Effect.scope
  const starting = new Set<JobId>()
  const restingUntil = new Map<JobId, EpochMs>()

  const rest = (jobId: JobId) => {
    actors.release(jobId)
    restingUntil.set(jobId, clock.now() + refusedBackoffMs)
  }

  const dispatch = (asked: StartRequest) => {
    const runId = `run_${uuid(clock.now())}`
    return engine
      .dispatch({
        command: { ...asked, runId },
        commandId: startCommandId(asked),
        by: { kind: "clock", id: bootId },
        body: null,
        answer: () => null,
        correlationId: runId,
      })
      .pipe(
        Effect.catchTag("Refusal", ({ message }) =>
          Effect.andThen(
            Effect.sync(() => rest(asked.jobId)),
            Effect.logDebug(`A start of ${asked.jobId} was refused: ${message}`),
          ),
        ),
        Effect.ensuring(Effect.sync(() => starting.delete(asked.jobId))),
        Effect.ignore,
      )
  }

  const start = Effect.fnUntraced(function* (jobId: JobId) {
    const asked = yield* actors.due(jobId)
    if (asked === undefined) return rest(jobId)
    starting.add(jobId)
    yield* Effect.forkIn(dispatch(asked), scope, { startImmediately: true })
    return
  })

  const resting = (now: EpochMs): ReadonlySet<JobId> => {
    for (const [jobId, until] of restingUntil) if (until <= now) restingUntil.delete(jobId)
    return new Set([...starting, ...restingUntil.keys()])
  }
  return { start, resting, restsUntil: () => earliest([...restingUntil.values()]) }
})

const earliest = (times: ReadonlyArray<EpochMs | undefined>): EpochMs | undefined =>
  times.reduce(
    (first, at) => (at === undefined || (first !== undefined && first <= at) ? first : at),
    undefined,
  )
