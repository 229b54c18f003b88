import { it } from "@effect/vitest"
import { Effect, Fiber, Stream } from "effect"
import { TestClock } from "effect/testing"
import { describe, expect, test } from "vitest"
import { Refusal } from "../../../machines/refusal.ts"
import { frame, frames, resumeAfter } from "../../../src/serve/sse.ts"

const texts = (stream: Stream.Stream<Uint8Array>, count: number) =>
  stream.pipe(
    Stream.decodeText(),
    Stream.take(count),
    Stream.runCollect,
    Effect.map((parts) => [...parts].join("")),
  )

describe("an event stream", () => {
  it.effect("is kept alive while nothing happens", () =>
    Effect.gen(function* () {
      const reading = yield* Effect.forkChild(texts(frames(Stream.never), 3))
      yield* TestClock.adjust("31 seconds")
      expect(yield* Fiber.join(reading)).toBe(": horolog\n\n: keep-alive\n\n: keep-alive\n\n")
    }),
  )

  it.effect("ends with an error when the log does", () =>
    Effect.gen(function* () {
      const failed = Stream.fail(
        new Refusal({ code: "store-failed", message: "The disk is full." }),
      )
      const text = yield* texts(frames(failed), 9)
      expect(text).toContain("event: error\n")
      expect(text).toContain('"code":"store-failed"')
    }),
  )

  test("frames a fact under its position, in one line of data", () => {
    const recorded = { position: 7, fact: { type: "run.failed", text: "a\nb" } }
    const text = frame(recorded as never)
    expect(text).toBe(`id: 7\nevent: run.failed\ndata: ${JSON.stringify(recorded)}\n\n`)
  })

  test("goes on behind the last event a reader saw, before what it asks for", () => {
    expect(resumeAfter("5", "3")).toBe(5)
    expect(resumeAfter(undefined, "3")).toBe(3)
    expect(resumeAfter(undefined, null)).toBe(0)
    expect(resumeAfter(undefined, "-1")).toBeUndefined()
    expect(resumeAfter("x", "3")).toBeUndefined()
  })
})
