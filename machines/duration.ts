import { Result } from "effect"
import type { DurationMs } from "../events/time.ts"

/** Reads `90s`, `20m`, `1h30m`, `2d` or `20 minutes`; the failure says what is wrong with it. */
export const parseDuration = (text: string): Result.Result<DurationMs, string> => {
  const trimmed = text.trim().toLowerCase()
  const problem = malformed(text, trimmed)
  if (problem !== undefined) return Result.fail(problem)
  const parts = [...trimmed.matchAll(part)].map(([, count, unit]) => ({
    count: Number(count),
    unitMs: unitOf(unit ?? ""),
  }))
  const descending = parts.every(
    ({ unitMs }, index) => index === 0 || unitMs < (parts[index - 1]?.unitMs ?? 0),
  )
  if (!descending) return Result.fail(`${quote(text)} is out of order: ${expected}`)
  const total = parts.reduce((sum, { count, unitMs }) => sum + count * unitMs, 0)
  return Number.isSafeInteger(total)
    ? Result.succeed(total)
    : Result.fail(`${quote(text)} is longer than can be counted in milliseconds`)
}

/** Says a length as `parseDuration` reads it: `1h30m`, `2d`, `500ms`; nothing is rounded. */
export const durationWords = (lengthMs: DurationMs): string => {
  let restMs = Math.abs(lengthMs)
  let words = ""
  for (const [unit, unitMs] of spoken) {
    const count = Math.floor(restMs / unitMs)
    restMs -= count * unitMs
    if (count > 0) words += `${count}${unit}`
  }
  if (words === "") return "0s"
  return lengthMs < 0 ? `-${words}` : words
}

/** What a duration looks like, for messages. */
export const durationForm = "a duration such as 90s, 20m, 1h30m or 2d"

const expected = `write ${durationForm}, largest unit first, each unit once`

const unitsMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const

const spoken = [
  ["d", unitsMs.d],
  ["h", unitsMs.h],
  ["m", unitsMs.m],
  ["s", unitsMs.s],
  ["ms", unitsMs.ms],
] as const

const unitNames =
  "ms|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?"
const part = new RegExp(String.raw`(\d+)\s*(${unitNames})(?![a-z])`, "g")
const whole = new RegExp(String.raw`^(?:\d+\s*(?:${unitNames})(?![a-z])[\s,]*)+$`)

const malformed = (text: string, trimmed: string): string | undefined => {
  if (trimmed === "") return `The duration is empty: ${expected}`
  if (/^\d+$/.test(trimmed)) {
    return `${quote(text)} has no unit: write ${trimmed}s, ${trimmed}m, ${trimmed}h or ${trimmed}d`
  }
  if (trimmed.startsWith("-")) return `${quote(text)} is negative: ${expected}`
  if (/^[\d.,\s]*\d[.,]\d/.test(trimmed)) {
    return `${quote(text)} has a fraction: write whole numbers, such as 1h30m for 1.5h`
  }
  return whole.test(trimmed) ? undefined : `${quote(text)} is no duration: ${expected}`
}

const unitOf = (name: string): number => {
  if (name === "ms" || name.startsWith("milli")) return unitsMs.ms
  return unitsMs[name.charAt(0) as "s" | "m" | "h" | "d" | "w"]
}

const quote = (text: string): string => JSON.stringify(text.slice(0, 80))
