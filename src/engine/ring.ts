import { Effect } from "effect"
import type { ClockFact } from "../../events/fact.ts"
import { clockStream } from "../../events/stream.ts"
import { jumpOf, largeJumpMs } from "../../machines/clock.ts"
import { Clock } from "../clock/clock.ts"
import type { LogFailed } from "../log/event-log.ts"
import { Settings } from "../settings.ts"
import { Boot } from "./boot.ts"
import { ClockActor } from "./clock-actor.ts"
import { earliest } from "./earliest.ts"
import { OpenRuns } from "./open-runs.ts"
import { makePace } from "./pace.ts"
import { Recorder } from "./recorder.ts"
import { Runner } from "./runner.ts"
import { makeStarter } from "./starter.ts"
import { makePassOver, makeReplan } from "./sweeps.ts"
import { makeWakes, type Wake } from "./wakes.ts"

/** Wall and monotonic time may drift apart by this much between two rings without a step. */
const jumpToleranceMs = 1_000

/**
 * What happens when the alarm rings: a step of the wall clock is recorded, overdue runs end, and the
 * clock actor tells the jobs that are due, as many as there are free slots. Answers when to ring next.
 */
export const makeRing = Effect.fnUntraced(function* (wake: () => void) {
  const clock = yield* Clock
  const clockActor = yield* ClockActor
  const runs = yield* OpenRuns
  const runner = yield* Runner
  const starter = yield* makeStarter(wake)
  const passOver = yield* makePassOver(starter)
  const lookUp = yield* makeLookUp
  const { observe, recordClock } = yield* makeObserver

  const ring = Effect.gen(function* () {
    yield* observe
    yield* runner.expire(clock.now())
    if (clockActor.state() !== "ticking") return runs.deadlineAt()
    yield* passOver
    const { due, nextAt } = yield* lookUp(starter.resting(clock.now()))
    const told = clockActor.woke(
      due.map(({ jobId }) => jobId),
      clock.now(),
    )
    yield* Effect.forEach(told, starter.start, { discard: true })
    return earliest([runs.deadlineAt(), starter.restsUntil(), nextAt])
  })
  return { ring, recordClock }
})

/** Finds the jobs to tell now, and when the next one is to be told. */
const makeLookUp = Effect.gen(function* () {
  const clock = yield* Clock
  const clockActor = yield* ClockActor
  const runs = yield* OpenRuns
  const wakes = yield* makeWakes
  const { maxConcurrent } = yield* Settings
  const pace = makePace(maxConcurrent)

  /** What was missed goes first, as fast as the pace allows; the rest of the slots are for the others. */
  const waiting = Effect.fnUntraced(function* (resting: ReadonlySet<string>) {
    const now = clock.now()
    const upSince = clockActor.upSince() ?? now
    const freeCount = runs.freeCount()
    const allowance = pace.allowance(upSince, now)
    const isPaced = allowance < freeCount
    const missed = isPaced
      ? yield* wakes.due({ from: 0, now: upSince - 1, countMax: allowance, resting })
      : []
    const others = yield* wakes.due({
      from: isPaced ? upSince : 0,
      now,
      countMax: freeCount - missed.length,
      resting,
    })
    const due = [...missed, ...others]
    pace.took(due.filter(({ wakeAt }) => wakeAt < upSince).length)
    return { due, pacedAt: isPaced ? pace.nextAt(upSince) : undefined }
  })

  /** The open runs that the next occurrence of their job ends: for those no slot has to be free. */
  const yielding = Effect.suspend(() =>
    wakes.of(
      runs
        .all()
        .filter((run) => run.yields)
        .map(({ jobId }) => jobId),
    ),
  )

  return Effect.fnUntraced(function* (resting: ReadonlySet<string>) {
    const now = clock.now()
    const running = (yield* yielding).filter(({ jobId }) => !resting.has(jobId))
    const ending = running.filter(({ wakeAt }) => wakeAt <= now)
    const { due, pacedAt } = yield* waiting(new Set([...resting, ...running.map(idOf)]))
    const next = runs.freeCount() > due.length ? yield* wakes.next(now, resting) : undefined
    const later = running.filter(({ wakeAt }) => wakeAt > now).map(({ wakeAt }) => wakeAt)
    return { due: [...ending, ...due], nextAt: earliest([...later, pacedAt, next?.wakeAt]) }
  })
})

const idOf = ({ jobId }: Wake) => jobId

/** Watches the wall clock against the monotonic one, and puts right what a large step made wrong. */
const makeObserver = Effect.gen(function* () {
  const clock = yield* Clock
  const recordClock = yield* makeClockRecorder
  const replan = yield* makeReplan
  const sample = () => ({ wallAt: clock.now(), monotonicMs: clock.monotonicMs() })
  let last = sample()

  const observe = Effect.suspend((): Effect.Effect<void, LogFailed> => {
    const current = sample()
    const jump = jumpOf(last, current, jumpToleranceMs)
    last = current
    if (jump === undefined) return Effect.void
    const recorded = recordClock(jump)
    // Forward, a step cannot be told from a machine that slept: what it passed is catch-up's.
    return jump.deltaMs < -largeJumpMs ? Effect.andThen(recorded, replan.afterJump) : recorded
  })
  return { observe, recordClock }
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
