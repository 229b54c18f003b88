import { Effect, Layer } from "effect"
import { Clock } from "../../src/clock/clock.ts"

interface Sleeper {
  readonly wakesAtMs: number
  readonly wake: () => void
}

/** Lets everything that can go on without time passing go on. */
export const settle = async (rounds = 40): Promise<void> => {
  for (let round = 0; round < rounds; round += 1) {
    await new Promise<void>((resolve) => setImmediate(resolve))
  }
}

/**
 * A clock that moves only when it is told to. `advance` lets time pass, waking each sleeper at its
 * time; `step` sets the wall clock, as a person would; `suspend` is a machine asleep.
 */
export const makeTestClock = (startAt: number) => {
  let monotonicMs = 0
  let wallOffsetMs = startAt
  let sleepers: Array<Sleeper> = []
  const now = () => wallOffsetMs + monotonicMs

  /** Calls back after so long; answers how to call it off. */
  const after = (ms: number, call: () => void) => {
    const sleeper = { wakesAtMs: monotonicMs + ms, wake: call }
    sleepers.push(sleeper)
    return () => {
      sleepers = sleepers.filter((other) => other !== sleeper)
    }
  }

  const sleep = (ms: number) =>
    Effect.callback<void>((resume) => {
      const callOff = after(ms, () => resume(Effect.void))
      return Effect.sync(callOff)
    })

  const next = (untilMs: number): Sleeper | undefined =>
    sleepers
      .filter(({ wakesAtMs }) => wakesAtMs <= untilMs)
      .toSorted((a, b) => a.wakesAtMs - b.wakesAtMs)[0]

  const advance = async (ms: number) => {
    const untilMs = monotonicMs + ms
    await settle()
    for (let sleeper = next(untilMs); sleeper !== undefined; sleeper = next(untilMs)) {
      monotonicMs = Math.max(monotonicMs, sleeper.wakesAtMs)
      const woken = sleeper
      sleepers = sleepers.filter((other) => other !== woken)
      woken.wake()
      await settle()
    }
    monotonicMs = untilMs
    await settle()
  }

  const step = (ms: number) => {
    wallOffsetMs += ms
  }

  return {
    now,
    after,
    advance,
    step,
    suspend: step,
    layer: Layer.succeed(Clock, Clock.of({ now, monotonicMs: () => monotonicMs, sleep })),
  }
}
