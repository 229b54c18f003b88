import { Result } from "effect"
import { Refusal } from "../../machines/refusal.ts"
import { isObject, unknownFields } from "../operations/decode-input.ts"
import type { ToolDefinition } from "./tool.ts"
import { spread, type Argument } from "./names.ts"
import { decodePolicy } from "./policy-argument.ts"
import { gatherSchedule } from "./schedule-argument.ts"
import { depthMax, isBlank, isBlankNumber, isDeeperThan, parsedObject, valueOf } from "./values.ts"

/** The arguments as the operation takes them, key by key. */
export type OperationInput = Readonly<Record<string, unknown>>

/**
 * Understands what models really send: other names, nested or flat, numbers and objects as strings,
 * fillers for what is absent. What has two meanings, or none, is refused by name and never guessed.
 */
export const decodeArguments = (
  tool: ToolDefinition,
  received: unknown,
): Result.Result<OperationInput, Refusal> =>
  Result.gen(function* () {
    const given = spread(tool, yield* asObject(received))
    const [timed, named] = partition(given, ({ name }) => isTime(tool, name))
    const unknown = unknownFields(
      named.map(({ name }) => name).filter((name) => !Object.hasOwn(tool.parameters, name)),
      Object.keys(tool.parameters),
      ` for ${tool.name}`,
    )
    if (unknown !== undefined) return yield* Result.fail(unknown)
    const fields = yield* once(named.filter((argument) => counts(tool, argument)))
    const values: Record<string, unknown> = {}
    for (const [name, value] of Object.entries(fields)) {
      values[name] = yield* decoded(tool, name, value)
    }
    return { ...values, ...(yield* gatherSchedule(timed, clears(tool))) }
  })

/** Only an update tells null from absent. */
const clears = (tool: ToolDefinition): boolean => tool.operation === "update"

const counts = (tool: ToolDefinition, { name, value }: Argument): boolean => {
  if (value === null) return clears(tool)
  const kind = tool.parameters[name]?.kind
  // An empty policy may have been sent as the text of one.
  if (kind === "policy") return !isBlank(parsedObject(value))
  const isNumber = kind === "count" || kind === "time"
  return !(isNumber ? isBlankNumber(value) : isBlank(value))
}

const asObject = (received: unknown): Result.Result<OperationInput, Refusal> => {
  if (received === undefined || received === null || received === "") return Result.succeed({})
  const object = parsedObject(received)
  if (!isObject(object) || isDeeperThan(object, depthMax)) return Result.fail(noArguments(received))
  return Result.succeed(object)
}

const noArguments = (received: unknown): Refusal =>
  new Refusal({
    code: "invalid-input",
    message: "The arguments are no JSON object.",
    received: typeof received === "object" ? "an array, or an object nested too deep" : received,
    expected: 'an object, such as {"prompt":"...","every":"1h"}',
  })

const timeKinds: ReadonlySet<string> = new Set(["time", "length", "schedule"])

/** Whether an argument has a say in when the job runs. */
const isTime = ({ parameters }: ToolDefinition, name: string): boolean =>
  Object.hasOwn(parameters, "schedule") &&
  (timeKinds.has(parameters[name]?.kind ?? "") || timeNames.has(name))

const timeNames: ReadonlySet<string> = new Set(["cron", "tz", "type", "every_ms", "anchor_at"])

/** The same thing said twice is fine; two different ones are not. */
const once = (given: ReadonlyArray<Argument>): Result.Result<OperationInput, Refusal> => {
  const fields: Record<string, unknown> = {}
  for (const { name, written, value } of given) {
    const same = JSON.stringify(fields[name]) === JSON.stringify(value)
    if (Object.hasOwn(fields, name) && !same) return Result.fail(twice(name, written))
    fields[name] = value
  }
  return Result.succeed(fields)
}

const twice = (name: string, written: string): Refusal =>
  new Refusal({
    code: "invalid-input",
    message: `${name} was given twice, once as "${written}", with different values.`,
    received: written,
    expected: `one ${name}`,
  })

const decoded = (
  { parameters }: ToolDefinition,
  name: string,
  value: unknown,
): Result.Result<unknown, Refusal> => {
  const kind = parameters[name]?.kind ?? "text"
  if (value === null) return Result.succeed(null)
  return kind === "policy" ? decodePolicy(value) : Result.succeed(valueOf(kind, value))
}

const partition = <A>(
  all: ReadonlyArray<A>,
  test: (one: A) => boolean,
): readonly [ReadonlyArray<A>, ReadonlyArray<A>] => [
  all.filter(test),
  all.filter((one) => !test(one)),
]
