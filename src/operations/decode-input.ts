import { Result, Schema, SchemaAST } from "effect"
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
    (error) => malformed(error.message, received),
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

const malformed = (problems: string, received: unknown): Refusal =>
  new Refusal({
    code: "invalid-input",
    message: problems,
    received,
    expected: "fields as described",
  })
