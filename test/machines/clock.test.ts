import { createActor, initialTransition, transition } from "xstate"
import { describe, expect, test } from "vitest"
import type { ClockFact } from "../../events/fact.ts"
import { clockMachine, jumpOf, type JobDue } from "../../machines/clock.ts"
import { hour, minute, noon, second } from "../kit/samples.ts"

const clockStarted: ClockFact = { type: "clock.started", wallAt: noon }
const jumped = (deltaMs: number, wallTo = noon + hour): ClockFact => ({
  type: "clock.jumped",
  wallFrom: wallTo - deltaMs,
  wallTo,
  deltaMs,
})
const woke = { type: "woke", dueJobIds: ["job_a", "job_b"], at: noon } as const

const after = (...facts: ReadonlyArray<ClockFact>) =>
  facts.reduce(
    (snapshot, fact) => transition(clockMachine, snapshot, fact)[0],
    initialTransition(clockMachine)[0],
  )

/** What a live clock passes on once these facts have reached it. */
const passedOn = (...facts: ReadonlyArray<ClockFact>): ReadonlyArray<JobDue> => {
  const passed: Array<JobDue> = []
  const actor = createActor(clockMachine)
  actor.on("due", (signal) => passed.push(signal))
  actor.start()
  for (const fact of facts) actor.send(fact)
  actor.send(woke)
  actor.stop()
  return passed
}

describe("the clock", () => {
  test("passes nothing on before it has started, nor while it is paused", () => {
    expect(passedOn()).toEqual([])
    expect(passedOn(clockStarted, { type: "clock.paused" })).toEqual([])
  })

  test("a pause outlives a restart", () => {
    const paused: ClockFact = { type: "clock.paused" }

    expect(after(clockStarted, paused, { ...clockStarted, wallAt: noon + hour })).toMatchObject({
      value: "paused",
      context: { upSince: noon + hour },
    })
    expect(passedOn(clockStarted, paused, clockStarted)).toEqual([])
  })

  test("passes one `due` on for each job, in order", () => {
    const ring = { at: noon, upSince: noon }
    const expected = (resumedAt: number) => [
      { type: "due", jobId: "job_a", ...ring, resumedAt },
      { type: "due", jobId: "job_b", ...ring, resumedAt },
    ]

    expect(passedOn(clockStarted)).toEqual(expected(0))
    expect(
      passedOn(clockStarted, { type: "clock.paused" }, { type: "clock.resumed", wallAt: noon - 1 }),
    ).toEqual(expected(noon - 1))
  })

  test("is up since it started, and a signal does not change that", () => {
    const ticking = after(clockStarted)

    expect(ticking).toMatchObject({ value: "ticking", context: { upSince: noon, wallAt: noon } })
    expect(transition(clockMachine, ticking, woke)[0].context).toEqual(ticking.context)
  })

  test("is up since the end of a step forward: what lay between was missed (behaviour 22)", () => {
    expect(after(clockStarted, jumped(2 * hour)).context).toEqual({
      upSince: noon + hour,
      wallAt: noon + hour,
      resumedAt: 0,
    })
  })

  test("a step back misses nothing, and what comes again is not missed (behaviour 22)", () => {
    const longUp = after(clockStarted, jumped(-minute, noon + hour))
    const justUp = after(clockStarted, jumped(-hour, noon - hour))

    expect(longUp.context).toMatchObject({ upSince: noon, wallAt: noon + hour })
    expect(justUp.context).toMatchObject({ upSince: noon - hour, wallAt: noon - hour })
  })

  test("a pause outlives the process that asked for it, though no clock was started", () => {
    expect(after({ type: "clock.paused", wallAt: noon })).toMatchObject({ value: "paused" })
    expect(after({ type: "clock.paused" }, clockStarted)).toMatchObject({ value: "paused" })
    expect(after({ type: "clock.resumed", wallAt: noon })).toMatchObject({
      value: "stopped",
      context: { resumedAt: noon },
    })
  })

  test("a clock that is set back knows of no pause that is still to end", () => {
    const resumed = [
      clockStarted,
      { type: "clock.paused" },
      { type: "clock.resumed", wallAt: noon },
    ] as const

    expect(after(...resumed, jumped(-hour, noon - hour)).context.resumedAt).toBe(noon - hour)
    expect(after(...resumed, jumped(hour)).context.resumedAt).toBe(noon)
  })

  test("folds the same facts to the same state, live or replayed", () => {
    const facts = [clockStarted, jumped(hour), { type: "clock.paused" }] as const
    const actor = createActor(clockMachine).start()
    for (const fact of facts) actor.send(fact)
    const { value, context } = actor.getSnapshot()

    expect(after(...facts)).toMatchObject({ value, context })
  })
})

describe("jumpOf", () => {
  const before = { wallAt: noon, monotonicMs: 1_000.25 }
  const reading = (wallMs: number, monotonicMs: number) => ({
    wallAt: noon + wallMs,
    monotonicMs: 1_000.25 + monotonicMs,
  })

  test("sees nothing where both clocks went on alike, but for the tolerance", () => {
    expect(jumpOf(before, reading(60_000, 60_000.4), 1_000)).toBeUndefined()
    expect(jumpOf(before, reading(61_000, 60_000), 1_000)).toBeUndefined()
    expect(jumpOf(before, reading(59_000, 60_000), 1_000)).toBeUndefined()
  })

  test("sees a clock that was set forward, or a machine that slept", () => {
    expect(jumpOf(before, reading(2 * hour, 500.5), second)).toEqual({
      type: "clock.jumped",
      wallFrom: noon + 500,
      wallTo: noon + 2 * hour,
      deltaMs: 2 * hour - 500,
    })
  })

  test("sees a clock that was set back", () => {
    expect(jumpOf(before, reading(-hour, 0), second)).toEqual({
      type: "clock.jumped",
      wallFrom: noon,
      wallTo: noon - hour,
      deltaMs: -hour,
    })
  })

  test("speaks in whole milliseconds, which is what a fact can hold", () => {
    const fact = jumpOf(before, reading(5_000, 0.3), second)

    expect(Number.isInteger(fact?.deltaMs) && Number.isInteger(fact?.wallFrom)).toBe(true)
  })
})
