import { Result } from "effect"
import { Refusal } from "../../machines/refusal.ts"
import { isObject, unknownFields } from "../operations/decode-input.ts"
import { severalSchedules } from "../operations/schedule-input.ts"
import { plainKey, type Argument } from "./names.ts"
import { isBlankNumber, numeric, parsedObject } from "./values.ts"

/** The schedule fields of an operation's input. */
export type ScheduleFields = Readonly<Record<string, unknown>>

/**
 * Brings the one schedule together that is said in many ways: flat fields, an object, the text of an
 * object. The same time said twice is one schedule; two times are refused.
 */
export const gatherSchedule = (
  given: ReadonlyArray<Argument>,
  keepsNull: boolean,
): Result.Result<ScheduleFields, Refusal> =>
  Result.gen(function* () {
    const parts = yield* partsOf(given)
    const form = yield* onlyOne(
      parts.filter(({ name }) => formNames.has(name)),
      severalForms,
    )
    const zone = yield* onlyOne(
      parts.filter(({ name }) => name === "tz"),
      twoZones,
    )
    const mismatch = againstType(parts, form)
    if (mismatch !== undefined) return yield* Result.fail(mismatch)
    const cleared = keepsNull && given.some(({ name, value }) => name === "tz" && value === null)
    return {
      ...(form !== undefined && asInput(form, parts)),
      ...(zone !== undefined && { tz: zone.value }),
      ...(zone === undefined && cleared && { tz: null }),
    }
  })

type Part = Pick<Argument, "name" | "written" | "value">

const formNames: ReadonlySet<string> = new Set(["in", "at", "every", "cron", "every_ms"])

/** Milliseconds are numbers, and so is an `at`; a length without a unit stays as it was written. */
const numericWhere = (name: string, value: unknown): unknown => {
  if (name === "at" || name.endsWith("_ms") || name === "anchor_at") return numeric(value)
  return typeof value === "string" ? value.trim() : value
}

const partsOf = (given: ReadonlyArray<Argument>): Result.Result<ReadonlyArray<Part>, Refusal> =>
  Result.gen(function* () {
    const parts: Array<Part> = []
    for (const { name, written, value } of given.filter(({ value }) => !isBlankNumber(value))) {
      if (name === "schedule") parts.push(...(yield* fromSchedule(value)))
      else parts.push({ name, written, value: numericWhere(name, value) })
    }
    return parts
  })

/** The one part there is, however often it was said; `refuse` names them when they differ. */
const onlyOne = (
  parts: ReadonlyArray<Part>,
  refuse: (parts: ReadonlyArray<Part>) => Refusal,
): Result.Result<Part | undefined, Refusal> => {
  const [first] = parts
  const same = parts.every(({ name, value }) => name === first?.name && value === first.value)
  return same ? Result.succeed(first) : Result.fail(refuse(parts))
}

const severalForms = (forms: ReadonlyArray<Part>): Refusal =>
  severalSchedules(forms.map(({ written, value }) => [written, value]))

const asInput = ({ name, value }: Part, parts: ReadonlyArray<Part>): ScheduleFields => {
  if (name !== "every_ms") return { [name]: value }
  const anchor = parts.find((part) => part.name === "anchor_at")
  return {
    schedule: {
      type: "every",
      every_ms: value,
      ...(anchor !== undefined && { anchor_at: anchor.value }),
    },
  }
}

const fromSchedule = (value: unknown): Result.Result<ReadonlyArray<Part>, Refusal> => {
  const schedule = parsedObject(value)
  if (typeof schedule === "string") return fromText(schedule.trim())
  if (!isObject(schedule)) return Result.fail(noObject(schedule))
  const parts = Object.entries(schedule)
    .filter(([, item]) => !isBlankNumber(item))
    .map(([written, item]) => {
      const key = plainKey(written)
      const name = Object.hasOwn(keys, key) ? (keys[key] ?? key) : key
      return { name, written, value: numericWhere(name, item) }
    })
  const unknown = unknownFields(
    parts.filter(({ name }) => !known.has(name)).map(({ written }) => written),
    ["type", "at", "every_ms", "expr", "tz", "anchor_at"],
    " in schedule",
  )
  return unknown === undefined ? Result.succeed(parts) : Result.fail(unknown)
}

const keys: Readonly<Record<string, string>> = {
  kind: "type",
  expr: "cron",
  expression: "cron",
  cron_expr: "cron",
  cron_expression: "cron",
  interval_ms: "every_ms",
  interval: "every",
  at_ms: "at",
  time: "at",
  run_at: "at",
  delay: "in",
  after: "in",
  timezone: "tz",
  time_zone: "tz",
  zone: "tz",
  anchor_ms: "anchor_at",
}

const known: ReadonlySet<string> = new Set([...formNames, "type", "tz", "anchor_at"])

/** A text is taken where it can mean one thing only; `30m` could be once or again and again. */
const fromText = (text: string): Result.Result<ReadonlyArray<Part>, Refusal> => {
  const [, word, rest] = /^(every|in)\s+(\S.*)$/i.exec(text) ?? []
  if (word !== undefined && rest !== undefined) return told(word.toLowerCase(), rest)
  if (/^@(?!every)\w+$/.test(text) || /^\S+(?:\s+\S+){4,6}$/.test(text)) return told("cron", text)
  if (/^\d{4}-\d\d-\d\d/.test(text)) return told("at", text)
  return Result.fail(twoMeanings(text))
}

const told = (name: string, value: unknown) =>
  Result.succeed([{ name, written: `schedule ${name}`, value }])

const typeForms: Readonly<Record<string, ReadonlyArray<string>>> = {
  at: ["at", "in"],
  once: ["at", "in"],
  in: ["in"],
  every: ["every", "every_ms"],
  interval: ["every", "every_ms"],
  cron: ["cron"],
}

/** A type that says something else than the time beside it is a second schedule. */
const againstType = (parts: ReadonlyArray<Part>, form: Part | undefined): Refusal | undefined => {
  const type = parts.find(({ name }) => name === "type")
  if (type === undefined) return undefined
  const word = String(type.value).toLowerCase()
  const allowed = Object.hasOwn(typeForms, word) ? typeForms[word] : undefined
  if (allowed === undefined) return unknownType(type.value)
  if (form === undefined) return withoutTime(word)
  if (allowed.includes(form.name)) return undefined
  return severalSchedules([
    ["type", type.value],
    [form.written, form.value],
  ])
}

const forms =
  '{"type":"every","every_ms":3600000}, {"type":"at","at":1764000000000} or {"type":"cron","expr":"0 9 * * *","tz":"Europe/Vienna"}'

const unknownType = (type: unknown): Refusal =>
  new Refusal({
    code: "invalid-schedule",
    message: `There is no schedule of type ${JSON.stringify(type)}.`,
    received: type,
    expected: forms,
  })

const withoutTime = (type: string): Refusal =>
  new Refusal({
    code: "invalid-schedule",
    message: `The schedule of type ${type} says no time.`,
    received: { type },
    expected: forms,
  })

const noObject = (received: unknown): Refusal =>
  new Refusal({
    code: "invalid-schedule",
    message: `schedule ${JSON.stringify(received)} is no object.`,
    received,
    expected: forms,
  })

const twoMeanings = (text: string): Refusal =>
  new Refusal({
    code: "invalid-schedule",
    message: `schedule ${JSON.stringify(text)} does not say whether once or again and again.`,
    received: text,
    expected: forms,
    hint: `Use in: ${JSON.stringify(text)} to run once, or every: ${JSON.stringify(text)} to repeat.`,
  })

const twoZones = (zones: ReadonlyArray<Part>): Refusal =>
  new Refusal({
    code: "invalid-input",
    message: `Two zones at once: ${zones.map(({ value }) => String(value)).join(" and ")}.`,
    received: zones.map(({ value }) => value),
    expected: "one tz",
  })
