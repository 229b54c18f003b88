import { isObject } from "../operations/decode-input.ts"
import { snake } from "../operations/json-keys.ts"
import type { ToolDefinition } from "./tool.ts"
import { isBlank, isBlankNumber, parsedObject } from "./values.ts"

/** An argument under the name that is ours; `written` is the model's. */
export interface Argument {
  readonly name: string
  readonly written: string
  readonly value: unknown
}

/** Lays the arguments out flat, under our names: `{"job":{"message":"x"}}` says `prompt: "x"`. */
export const spread = (
  tool: ToolDefinition,
  given: Readonly<Record<string, unknown>>,
): ReadonlyArray<Argument> => Object.entries(given).flatMap((entry) => flat(tool, entry, 0))

const nestingMax = 3

const flat = (
  tool: ToolDefinition,
  [written, value]: readonly [string, unknown],
  depth: number,
): ReadonlyArray<Argument> => {
  const key = plainKey(written)
  const inner = parsedObject(value)
  if (wrappers.has(key) && isObject(inner) && depth < nestingMax) {
    return Object.entries(inner).flatMap((entry) => flat(tool, entry, depth + 1))
  }
  if (wrappers.has(key) && isBlank(value)) return []
  return [withUnit(tool, written, value) ?? { name: renamed(tool, key), written, value }]
}

/** Padded, quoted and camelCase keys are the same key. */
export const plainKey = (written: string): string =>
  snake(
    written
      .trim()
      .replaceAll(/^["'`]+|["'`:]+$/g, "")
      .trim(),
  ).replaceAll(/[\s-]+/g, "_")

const wrappers: ReadonlySet<string> = new Set([
  "job",
  "args",
  "arguments",
  "params",
  "parameters",
  "input",
  "payload",
  "delivery",
])

/** Other words for our parameters; the first one that the tool has holds. */
const aliases: Readonly<Record<string, ReadonlyArray<string>>> = {
  job: ["job_id"],
  id: ["job_id"],
  jobid: ["job_id"],
  name: ["job_id"],
  job_name: ["job_id", "name"],
  message: ["prompt"],
  text: ["prompt"],
  task: ["prompt"],
  instruction: ["prompt"],
  instructions: ["prompt"],
  chat: ["chat_id"],
  chatid: ["chat_id"],
  to: ["chat_id"],
  title: ["name"],
  label: ["name"],
  delete_after: ["delete_after_run"],
  page_size: ["limit"],
  max_results: ["limit"],
  next_cursor: ["cursor"],
  n: ["count"],
  timezone: ["tz"],
  time_zone: ["tz"],
  zone: ["tz"],
  expr: ["cron"],
  expression: ["cron"],
  cron_expr: ["cron"],
  cron_expression: ["cron"],
  cron_schedule: ["cron"],
  at: ["time"],
  date: ["time"],
  due_at: ["time"],
  when: ["at", "time"],
  at_ms: ["at", "time"],
  run_at: ["at"],
  at_time: ["at", "time"],
  interval: ["every"],
  delay: ["in"],
  after: ["in"],
}

/** Parts of a schedule that are no parameters of their own, but are sent as if they were. */
const scheduleParts: Readonly<Record<string, string>> = {
  type: "type",
  kind: "type",
  schedule_type: "type",
  schedule_kind: "type",
  every_ms: "every_ms",
  interval_ms: "every_ms",
  anchor_at: "anchor_at",
  anchor_ms: "anchor_at",
}

const renamed = ({ parameters }: ToolDefinition, key: string): string => {
  if (Object.hasOwn(parameters, key)) return key
  const meanings = Object.hasOwn(aliases, key) ? (aliases[key] ?? []) : []
  const alias = meanings.find((name) => Object.hasOwn(parameters, name))
  if (alias !== undefined) return alias
  const isPart = Object.hasOwn(parameters, "schedule") && Object.hasOwn(scheduleParts, key)
  return isPart ? (scheduleParts[key] ?? key) : key
}

const inUnit = /^(every|interval|in|after|delay|at)_(seconds|secs|minutes|mins|hours|days)$/

/** `every_seconds: 3600` has its unit in its name: it becomes the length it says. */
const withUnit = (
  { parameters }: ToolDefinition,
  written: string,
  value: unknown,
): Argument | undefined => {
  const [, form, unit] = inUnit.exec(plainKey(written)) ?? []
  if (form === undefined || unit === undefined) return undefined
  if (!Object.hasOwn(parameters, "schedule")) return undefined
  const name = form === "every" || form === "interval" ? "every" : "in"
  return { name, written, value: isBlankNumber(value) ? "" : `${value as string}${unit.charAt(0)}` }
}
