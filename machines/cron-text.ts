import { Result } from "effect"
import { cronProblem } from "./next-due.ts"
import { Refusal } from "./refusal.ts"

/**
 * Reads a cron expression of five fields, six (seconds first) or seven (year last), or a nickname;
 * answers with its one spelling: single spaces, nicknames in small letters.
 */
export const readCron = (text: string, tz: string): Result.Result<string, Refusal> => {
  const expr = text.trim().replaceAll(/\s+/g, " ")
  const refusal = expr.startsWith("@")
    ? againstNickname(text, expr)
    : againstFields(text, expr.split(" "), tz)
  if (refusal !== undefined) return Result.fail(refusal)
  return Result.succeed(expr.startsWith("@") ? expr.toLowerCase() : expr)
}

const nicknames = ["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"]

const expected =
  'a cron expression of five fields ("0 9 * * 1-5"), six (seconds first) or seven (year last), ' +
  `or one of ${nicknames.join(", ")}`

const refuse = (received: string, message: string, hint: string): Refusal =>
  new Refusal({ code: "invalid-schedule", message, received, expected, hint })

const quote = (text: string): string => JSON.stringify(text.slice(0, 80))

const againstNickname = (received: string, expr: string): Refusal | undefined => {
  const name = expr.toLowerCase()
  if (nicknames.includes(name)) return undefined
  if (name.startsWith("@every")) {
    const length = expr.slice("@every".length).trim() || "5m"
    const message = `${quote(expr)} is no cron expression: an interval is a schedule of its own`
    return refuse(received, message, `Use every: ${quote(length)} instead of cron.`)
  }
  const message = `${quote(expr)} is no nickname that is known here`
  return refuse(received, message, `Use one of ${nicknames.join(", ")}, or write the fields out.`)
}

interface Field {
  readonly name: string
  readonly range: string
  /** Where counting goes on behind `max`: a week that ends on Sunday (7) goes on with Monday. */
  readonly min: number
  readonly max: number
}

const second: Field = { name: "second", range: "0-59", min: 0, max: 59 }
const daily: ReadonlyArray<Field> = [
  { name: "minute", range: "0-59", min: 0, max: 59 },
  { name: "hour", range: "0-23", min: 0, max: 23 },
  {
    name: "day of the month",
    range: "1-31, L (the last) or 15W (the nearest weekday)",
    min: 1,
    max: 31,
  },
  { name: "month", range: "1-12 or JAN-DEC", min: 1, max: 12 },
  { name: "day of the week", range: "0-7 or SUN-SAT (0 and 7 are Sunday)", min: 1, max: 7 },
]
const year: Field = { name: "year", range: "1-9999", min: 1, max: 9999 }

const fieldsOf = (count: number): ReadonlyArray<Field> => {
  if (count === 5) return daily
  return count === 6 ? [second, ...daily] : [second, ...daily, year]
}

const againstFields = (
  received: string,
  parts: ReadonlyArray<string>,
  tz: string,
): Refusal | undefined => {
  const expr = parts.join(" ")
  if (/^(?:cron_)?tz=/i.test(expr)) {
    const hint = "Put the zone into tz and leave only the fields in cron."
    return refuse(received, `${quote(expr)} carries its zone inside the expression`, hint)
  }
  if (/^\d{4}-\d\d-\d\d/.test(expr)) {
    return refuse(received, `${quote(expr)} is a date, not a cron expression`, "Use at instead.")
  }
  if (parts.length < 5 || parts.length > 7 || expr === "") {
    const message =
      expr === ""
        ? "The cron expression is blank"
        : `The cron expression ${quote(expr)} has ${parts.length} field${parts.length === 1 ? "" : "s"}`
    return refuse(received, message, "The five are: minute, hour, day, month, day of the week.")
  }
  const problem = cronProblem(expr, tz)
  return problem === undefined ? undefined : againstField(received, parts, problem)
}

/** Names the field at fault: the first one that cannot stand among stars either. */
const againstField = (received: string, parts: ReadonlyArray<string>, problem: string): Refusal => {
  const fields = fieldsOf(parts.length)
  const index = parts.findIndex((part, at) => isFaulty(part, at, parts.length))
  const [field, part] = [fields[index], parts[index]]
  const expr = quote(parts.join(" "))
  if (field === undefined || part === undefined) {
    return refuse(received, `The cron expression ${expr} cannot be read: ${problem}`, listHint)
  }
  const message = `The ${field.name} (field ${index + 1}) of ${expr} is ${quote(part)}`
  return refuse(received, `${message}; it takes ${field.range}`, hintFor(part, field))
}

const isFaulty = (part: string, index: number, count: number): boolean => {
  const alone = Array.from({ length: count }, (_, at) => (at === index ? part : "*"))
  return cronProblem(alone.join(" "), "UTC") !== undefined
}

const listHint = "Fields take a number, a range 1-5, a list 1,3,5, a step */15, or *."

const hintFor = (part: string, field: Field): string => {
  const backwards = /^(\d+)-(\d+)$/.exec(part)
  if (backwards !== null && Number(backwards[1]) > Number(backwards[2])) {
    return `A range runs upwards${wrapped(backwards, field)}.`
  }
  const stepped = /^(\d*)\/(\d+)$/.exec(part)
  if (stepped !== null) {
    const [, from, step] = stepped
    return `A step needs a range: write ${from === "" ? "*" : `${from}-${field.max}`}/${step}.`
  }
  if (/\/0*$/.test(part)) return "A step is at least 1."
  if (/^h\b/i.test(part)) return "There is no H here: write the value that you want."
  return listHint
}

/** `22-6` in hours is `22-23,0-6`. */
const wrapped = ([, from, to]: RegExpExecArray, { min, max }: Field): string => {
  const [start, end] = [Number(from), Number(to)]
  if (start > max || end < min) return ""
  return `; to go on from the start, write ${span(start, max)},${span(min, end)}`
}

const span = (from: number, to: number): string => (from === to ? `${from}` : `${from}-${to}`)
