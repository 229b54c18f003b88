import { Deferred, Effect, Fiber } from "effect"
import { describe, expect, it, test } from "@effect/vitest"
import { inTurn, lastingUntil, telling } from "../../../src/library/lasting.ts"

const lost = new Error("the ring broke")

describe("what lasts until a failure", () => {
  it.effect("is refused without being begun once the failure is there", () =>
    Effect.gen(function* () {
      let begun = false
      const asked = Effect.sync(() => {
        begun = true
      })
      expect(yield* Effect.flip(lastingUntil(Effect.fail(lost))(asked))).toBe(lost)
      expect(begun).toBe(false)
    }),
  )

  it.effect("ends with the failure that comes while it is under way", () =>
    Effect.gen(function* () {
      const failed = yield* Deferred.make<never, Error>()
      const asked = yield* Effect.forkChild(
        Effect.flip(lastingUntil(Deferred.await(failed))(Effect.never)),
      )
      yield* Effect.yieldNow
      yield* Deferred.fail(failed, lost)
      expect(yield* Fiber.join(asked)).toBe(lost)
    }),
  )

  it.effect("is answered as ever while nothing fails", () =>
    Effect.gen(function* () {
      expect(yield* lastingUntil(Effect.never)(Effect.succeed("answer"))).toBe("answer")
      expect(yield* Effect.flip(lastingUntil(Effect.never)(Effect.fail("refused")))).toBe("refused")
    }),
  )
})

describe("telling of a failure", () => {
  it.effect("names the very error, and makes one of what is none", () =>
    Effect.gen(function* () {
      const told: Array<Error> = []
      yield* telling(Effect.die(lost), (error) => told.push(error))
      yield* telling(Effect.die("odd"), (error) => told.push(error))
      yield* Effect.promise(() => Promise.resolve())
      expect(told).toEqual([lost, new Error("odd")])
      expect(told[0]).toBe(lost)
    }),
  )
})

describe("putting away in turn", () => {
  test("goes on after a failure, and rejects with the first", async () => {
    const done: Array<string> = []
    const away = inTurn(
      async () => Promise.reject(lost),
      async () => done.push("runtime"),
      async () => Promise.reject(new Error("later")),
    )
    await expect(away).rejects.toBe(lost)
    expect(done).toEqual(["runtime"])
  })
})
