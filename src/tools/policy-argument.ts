import { Result } from "effect"
import { Refusal } from "../../machines/refusal.ts"
import { isObject, unknownFields } from "../operations/decode-input.ts"
import { PolicyInput } from "../operations/policy-input.ts"
import { plainKey } from "./names.ts"
import { flag, isBlankNumber, numeric, parsedObject } from "./values.ts"

/** A policy as models send it: perhaps as text, with keys and numbers in any dress. */
export const decodePolicy = (received: unknown): Result.Result<unknown, Refusal> => {
  const policy = parsedObject(received)
  if (!isObject(policy)) return Result.fail(noObject(received))
  const plain = plainObject(policy)
  const unknown = unknownFields(Object.keys(plain), Object.keys(PolicyInput.fields), " in policy")
  return unknown === undefined ? Result.succeed(plain) : Result.fail(unknown)
}

type Plain = Readonly<Record<string, unknown>>

const plainObject = (object: Plain): Plain =>
  Object.fromEntries(
    Object.entries(object)
      .filter(([, value]) => value === null || !isBlankNumber(value))
      .map(([written, value]) => {
        const key = plainKey(written)
        return [key, plainValue(key, parsedObject(value))]
      }),
  )

const plainValue = (key: string, value: unknown): unknown => {
  if (isObject(value)) return plainObject(value)
  if (Array.isArray(value)) return value.map((item) => plainValue(key, item))
  if (key === "catch_up" && typeof value === "string") return { mode: value }
  // A zero means an absent number here, so that no alerts at all have a word of their own.
  if (key === "alert" && isNo(value)) return { after: 0 }
  if (key === "may_write_schedule") return flag(value)
  return isNumber.test(key) ? numeric(value) : value
}

const isNo = (value: unknown): boolean =>
  value === false || (typeof value === "string" && /^(?:off|none|never|false|no)$/i.test(value))

const isNumber = /_ms$|_max$|_at$|_failures$|^after$/

const noObject = (received: unknown): Refusal =>
  new Refusal({
    code: "invalid-input",
    message: `policy ${JSON.stringify(received)} is no object.`,
    received,
    expected: `an object with any of ${Object.keys(PolicyInput.fields).join(", ")}`,
  })
