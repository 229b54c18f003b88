import { Result } from "effect"
import { describe, expect, test } from "vitest"
import { didYouMean, nearest } from "../../../src/views/near.ts"
import { cutPage, decodeCursor, encodeCursor, pageSize } from "../../../src/views/page.ts"

describe("near matches", () => {
  test("nothing is near to nothing", () => {
    expect(nearest("prompt", [])).toEqual([])
    expect(nearest("prompt", ["schedule", "tz"])).toEqual([])
    expect(didYouMean([])).toBeUndefined()
  })

  test("only the nearest are told, at most three, whatever their case", () => {
    expect(nearest("Promt", ["prompt", "promo", "prom", "proms", "tz"])).toHaveLength(3)
    expect(nearest("PROMT", ["prompts", "prompt"])).toEqual(["prompt"])
    expect(nearest("timeout", ["timeout_ms", "tz"])).toEqual(["timeout_ms"])
    expect(didYouMean(["a", "b"])).toBe("Did you mean a or b?")
  })
})

describe("pages", () => {
  test.each([["rubbish"], [""], [encodeCursor([1])], [encodeCursor(["a", 1])]])(
    "the cursor %j is refused",
    (cursor) => {
      const decoded = decodeCursor(cursor, ["number?", "string"])
      expect(Result.isFailure(decoded) && decoded.failure.code).toBe("invalid-input")
    },
  )

  test("a cursor comes back as it went", () => {
    for (const key of [
      [null, "job_1"],
      [17, "job_1"],
    ]) {
      expect(Result.getOrThrow(decodeCursor(encodeCursor(key), ["number?", "string"]))).toEqual(key)
    }
  })

  test("a size is bounded, and the row beyond it only tells that there is more", () => {
    expect([pageSize(undefined), pageSize(0), pageSize(1_000)]).toEqual([20, 1, 200])
    expect(cutPage([1, 2], 2, (row) => [row])).toEqual({ rows: [1, 2], nextCursor: null })
    expect(cutPage([1, 2, 3], 2, (row) => [row])).toEqual({
      rows: [1, 2],
      nextCursor: encodeCursor([2]),
    })
  })
})
