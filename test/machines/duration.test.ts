import { Result } from "effect"
import { describe, expect, test } from "vitest"
import { durationWords, parseDuration } from "../../machines/duration.ts"

const parsed = (text: string): number | string => Result.merge(parseDuration(text))

describe("a duration is refused", () => {
  test.each([
    ["90", '"90" has no unit: write 90s, 90m, 90h or 90d'],
    ["", "The duration is empty"],
    ["   ", "The duration is empty"],
    ["-5m", '"-5m" is negative'],
    ["1.5h", '"1.5h" has a fraction: write whole numbers, such as 1h30m for 1.5h'],
    ["1,5 h", "has a fraction"],
    ["soon", '"soon" is no duration: write a duration such as 90s, 20m, 1h30m or 2d'],
    ["20 parsecs", "is no duration"],
    ["5mo", "is no duration"],
    ["1h30", "is no duration"],
    ["h", "is no duration"],
    ["PT20M", "is no duration"],
    ["30m1h", '"30m1h" is out of order'],
    ["5m5m", "is out of order"],
    ["99999999999999d", "is longer than can be counted in milliseconds"],
  ])("when it is %j", (text, problem) => {
    expect(parsed(text)).toContain(problem)
  })
})

describe("a duration", () => {
  test.each([
    ["90s", 90_000],
    ["20m", 1_200_000],
    ["1h30m", 5_400_000],
    ["2d", 172_800_000],
    ["1w", 604_800_000],
    ["500ms", 500],
    ["1h 30m", 5_400_000],
    ["20 minutes", 1_200_000],
    ["1 hour, 5 mins", 3_900_000],
    ["1 Day", 86_400_000],
    ["2 hrs", 7_200_000],
    [" 10 SECS ", 10_000],
    ["0s", 0],
    ["1d2h3m4s5ms", 93_784_005],
  ])("%s is %i ms", (text, lengthMs) => {
    expect(parsed(text)).toBe(lengthMs)
  })
})

describe("a length in words", () => {
  test.each([
    [0, "0s"],
    [1_000, "1s"],
    [5_400_000, "1h30m"],
    [172_800_000, "2d"],
    [604_800_000, "7d"],
    [1_500, "1s500ms"],
    [-90_000, "-1m30s"],
  ])("of %i ms is %s", (lengthMs, words) => {
    expect(durationWords(lengthMs)).toBe(words)
  })

  test("is read back as the same length", () => {
    for (let lengthMs = 0; lengthMs < 4_000_000_000; lengthMs = lengthMs * 3 + 7_919) {
      expect(parsed(durationWords(lengthMs))).toBe(lengthMs)
    }
  })
})
