import { Result, Schema, SchemaAST, SchemaIssue } from "effect"
import { Refusal } from "../../machines/refusal.ts"
import { didYouMean, nearest } from "../views/near.ts"

interface Fields<Input> {
  readonly fields: Readonly<Record<string, Schema.Top>>
  readonly Type: Input
}

/** Reads what came from outside as the input of an operation, or says what is wrong with it. */
export const decodeInput = <Input>(
  schema: Schema.Codec<Input, Input> & Fields<Input>,
  received: unknown,
): Result.Result<Input, Refusal> => {
  if (!isObject(received)) return Result.fail(notAnObject(received))
  const unknown = unknownFields(Object.keys(received), Object.keys(schema.fields))
  if (unknown !== undefined) return Result.fail(unknown)
  const missing = missingField(schema, received)
  if (missing !== undefined) return Result.fail(missing)
  return Result.mapError(
    Schema.decodeUnknownResult(schema)(received, { errors: "all", onExcessProperty: "error" }),
    ({ issue }) => malformed(problemsOf(issue, received)),
  )
}

/** Refuses fields that mean nothing, naming each with what it may have been meant to be. */
export const unknownFields = (
  given: ReadonlyArray<string>,
  known: ReadonlyArray<string>,
  where = "",
): Refusal | undefined => {
  const unknown = given.filter((field) => !known.includes(field))
  if (unknown.length === 0) return undefined
  const matches = [...new Set(unknown.flatMap((field) => nearest(field, known)))]
  const names = unknown.map((field) => `"${field}"`).join(", ")
  return new Refusal({
    code: "invalid-input",
    message: [
      `Unknown field${unknown.length > 1 ? "s" : ""} ${names}${where}.`,
      didYouMean(matches),
    ]
      .filter((part) => part !== undefined)
      .join(" "),
    received: unknown,
    expected: known.length === 0 ? "no fields" : `only ${known.join(", ")}`,
    ...(matches.length > 0 && { matches }),
  })
}

/** A field must be there: `prompt is required`. */
export const required = (field: string, received: unknown, hint?: string): Refusal =>
  new Refusal({
    code: "invalid-input",
    message: `${field} is required`,
    received,
    expected: `${field}, not empty`,
    ...(hint !== undefined && { hint }),
  })

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const missingField = (
  { fields }: Fields<unknown>,
  received: Readonly<Record<string, unknown>>,
): Refusal | undefined => {
  const missing = Object.entries(fields).find(
    ([field, { ast }]) => !SchemaAST.isOptional(ast) && isBlank(received[field]),
  )
  return missing && required(missing[0], received)
}

const isBlank = (value: unknown): boolean =>
  value === undefined || value === null || (typeof value === "string" && value.trim() === "")

const notAnObject = (received: unknown): Refusal =>
  new Refusal({
    code: "invalid-input",
    message: "The input is no JSON object.",
    received,
    expected: 'an object such as { "prompt": "...", "every": "1h" }',
  })

interface Problem {
  readonly field: string
  readonly received: unknown
  readonly expected: string
}

const problemsOf = (issue: SchemaIssue.Issue, received: unknown): ReadonlyArray<Problem> =>
  SchemaIssue.makeFormatterStandardSchemaV1()(issue).issues.map(({ path = [], message }) => {
    const keys = path.map((part) => (typeof part === "object" ? part.key : part))
    return {
      field: keys.join("."),
      received: keys.reduce<unknown>(
        (inner, key) => (inner as Readonly<Record<PropertyKey, unknown>> | undefined)?.[key],
        received,
      ),
      expected: expectations[message] ?? message.replace(/^Expected /, ""),
    }
  })

/** What Effect says of a key as a whole, as the end of our sentence. */
const expectations: Readonly<Record<string, string>> = {
  "Missing key": "to be there",
  "Expected no excess property": "nothing of that name",
}

const malformed = (problems: ReadonlyArray<Problem>): Refusal =>
  new Refusal({
    code: "invalid-input",
    message: problems
      .map(
        ({ field, received, expected }) => `${field} is ${shown(received)}, expected ${expected}.`,
      )
      .join(" "),
    received: Object.fromEntries(problems.map(({ field, received }) => [field, received])),
    expected: problems.map(({ field, expected }) => `${field}: ${expected}`).join("; "),
  })

const shownMax = 80

const shown = (received: unknown): string => {
  const text = JSON.stringify(received) ?? "absent"
  return text.length > shownMax ? `${text.slice(0, shownMax)}...` : text
}
