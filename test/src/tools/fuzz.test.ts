import { isDeepStrictEqual } from "node:util"
import { Result } from "effect"
import { expect, test } from "vitest"
import { Refusal } from "../../../machines/refusal.ts"
import { catalogue } from "../../../src/operations/catalogue.ts"
import { decodeInput } from "../../../src/operations/decode-input.ts"
import { toScheduleRequest } from "../../../src/operations/schedule-input.ts"
import { decodeArguments } from "../../../src/tools/arguments.ts"
import { toolDefinitions } from "../../../src/tools/definitions.ts"
import type { ToolDefinition } from "../../../src/tools/tool.ts"

/** The same numbers for the same seed. */
const numbers = (seed: number) => {
  let state = seed
  return (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

const words = [
  "",
  " ",
  "0",
  "30m",
  "null",
  "true",
  "{",
  '{"type":"cron"}',
  "[]",
  "*/5 * * * *",
  "x",
]
const ourKeys = new Set(toolDefinitions.flatMap(({ parameters }) => Object.keys(parameters)))
const otherKeys =
  "job id type kind expr everyMs every_seconds at_minutes payload timeoutMs catch_up mode message __proto__ x"
const keys = [...ourKeys, ...otherKeys.split(" "), " prompt "]

const anything = (next: (below: number) => number, depth: number): unknown => {
  const kind = next(depth > 0 ? 8 : 5)
  if (kind === 0) return next(2) === 0
  if (kind === 1) return [0, -1, 1.5, 3_600_000, Number.MAX_SAFE_INTEGER][next(5)]
  if (kind === 2) return null
  if (kind < 5) return words[next(words.length)]
  if (kind === 5) return Array.from({ length: next(3) }, () => anything(next, depth - 1))
  const entries = Array.from({ length: next(6) }, () => [
    keys[next(keys.length)],
    anything(next, depth - 1),
  ])
  const object = Object.fromEntries(entries) as object
  return kind === 7 ? JSON.stringify(object) : object
}

const schedulesOf = (input: object): ReadonlyArray<string> =>
  ["in", "at", "every", "cron", "schedule"].filter((form) => form in input)

/** What became of the arguments; anything but the two words is a fault. */
const outcomeOf = (tool: ToolDefinition, args: unknown): string => {
  const decoded = decodeArguments(tool, args)
  if (Result.isFailure(decoded)) {
    return decoded.failure instanceof Refusal && decoded.failure.message !== "" ? "refused" : "mute"
  }
  const input = decoded.success
  if (!Object.keys(input).every((key) => key in tool.parameters)) return "a foreign key"
  if (schedulesOf(input).length > 1) return "two schedules"
  if (!isDeepStrictEqual(decodeArguments(tool, input), decoded)) return "understood otherwise again"
  return checkOf(tool, input)
}

const checkOf = (tool: ToolDefinition, input: object): string => {
  const checked = decodeInput(catalogue[tool.operation].input as typeof catalogue.add.input, input)
  if (Result.isFailure(checked)) return "refused"
  return Result.isSuccess(toScheduleRequest(checked.success)) ? "taken" : "refused"
}

/** Chance alone hardly ever gives all that a tool requires. */
const whole = (
  { required }: ToolDefinition,
  args: unknown,
  next: (below: number) => number,
): object => ({
  ...(typeof args === "object" && next(2) === 0 ? args : {}),
  ...Object.fromEntries(required.map((name) => [name, words[next(words.length)]])),
})

test.each(toolDefinitions)("whatever a model sends, $name takes it or refuses it", (tool) => {
  const next = numbers(tool.name.length)
  const outcomes = new Set<string>()
  for (let round = 0; round < 5_000; round += 1) {
    const args = anything(next, 3)
    outcomes.add(outcomeOf(tool, next(4) === 0 ? whole(tool, args, next) : args))
  }
  expect([...outcomes].toSorted()).toEqual(["refused", "taken"])
})
