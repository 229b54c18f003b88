import { describe, expect, test } from "vitest"
import { Refusal } from "../../../../machines/refusal.ts"
import { written } from "../../../../src/cli/failure.ts"
import { facts, short, table } from "../../../../src/cli/render/table.ts"
import { lasting, when } from "../../../../src/cli/render/time.ts"

describe("a table", () => {
  test("is aligned by what is seen, also beside wide characters", () => {
    expect(
      table(
        ["NAME", "ID"],
        [
          ["群组", "1"],
          ["a\nb", "2"],
        ],
      ),
    ).toBe("NAME  ID\n群组  1\na b   2")
  })

  test("cuts a text on a character, with a mark", () => {
    expect(short("a👍👍b", 4)).toBe("a👍…")
    expect(short("short", 5)).toBe("short")
  })

  test("leaves out what is not there, and indents what has several lines", () => {
    expect(
      facts([
        ["id", "1"],
        ["gone", null],
        ["next", "a\nb"],
      ]),
    ).toBe("id    1\nnext  a\n      b")
  })
})

describe("a time", () => {
  test("shows both clocks, and the other day only when it is another one", () => {
    const at = Date.UTC(2026, 11, 1, 8)
    expect(when(at)).toMatch(/^2026-12-01 \d\d:\d\d( \(.*Z\)|Z)$/)
    expect(when(null)).toBe("-")
  })

  test.each([
    [null, "-"],
    [999, "999 ms"],
    [1_500, "1.5 s"],
    [90_000, "1 min 30 s"],
    [7_260_000, "2 h 1 min"],
  ])("of %j ms lasts %s", (ms, words) => expect(lasting(ms)).toBe(words))
})

describe("a refusal", () => {
  const refusal = new Refusal({
    code: "not-found",
    message: "Job x not found.",
    received: "x",
    expected: "an id",
    hint: "List them.",
  })

  test("reads as sentences for people", () => {
    expect(written(refusal, false)).toBe("Job x not found.\nExpected: an id.\nList them.")
  })

  test("is one JSON document for programs, without absent parts", () => {
    expect(JSON.parse(written(refusal, true))).toEqual({
      code: "not-found",
      message: "Job x not found.",
      received: "x",
      expected: "an id",
      hint: "List them.",
    })
  })
})
