import { isObject } from "../operations/decode-input.ts"
import type { ParameterKind } from "./tool.ts"

/**
 * What models fill an unused parameter with: an empty string, a zero, an object without anything in
 * it. `false` is none of these; null inside of an object says something, and is none either.
 */
export const isBlank = (value: unknown): boolean => {
  if (typeof value === "string") return value.trim() === ""
  if (isObject(value)) return Object.values(value).every((item) => item !== null && isBlank(item))
  return value === undefined || value === null || value === 0
}

/** The same where a number belongs: the text of a zero is a filler too. */
export const isBlankNumber = (value: unknown): boolean =>
  isBlank(value) || (typeof value === "string" && value.trim() === "0")

/** An object that may have been sent as the text of one; anything else as it is. */
export const parsedObject = (value: unknown): unknown => {
  if (typeof value !== "string" || !/^\s*[{[]/.test(value)) return value
  try {
    const object = JSON.parse(value) as unknown
    return isDeeperThan(object, depthMax) ? value : object
  } catch {
    return value
  }
}

/** No argument of ours is nested nearly as deep; what is would only stop the loop. */
export const depthMax = 16

export const isDeeperThan = (value: unknown, depth: number): boolean =>
  typeof value === "object" &&
  value !== null &&
  (depth === 0 || Object.values(value).some((item) => isDeeperThan(item, depth - 1)))

/** Makes of a value what its parameter holds; what cannot be is left for the check to refuse. */
export const valueOf = (kind: ParameterKind, value: unknown): unknown => {
  switch (kind) {
    case "text":
      return textual(value)
    case "word":
      return lowered(value)
    case "count":
    case "time":
      return numeric(value)
    case "flag":
      return flag(value)
    default:
      return value
  }
}

/** A number that may have been sent as text. */
export const numeric = (value: unknown): unknown =>
  typeof value === "string" && /^\s*-?\d+(?:\.\d+)?\s*$/.test(value)
    ? Number(value)
    : trimmed(value)

const flags: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  "1": true,
  false: false,
  no: false,
  off: false,
}

/** A boolean that may have been sent as text or as a number. */
export const flag = (value: unknown): unknown => {
  const word = String(value).trim().toLowerCase()
  return Object.hasOwn(flags, word) ? flags[word] : value
}

const textual = (value: unknown): unknown =>
  typeof value === "number" ? `${value}` : trimmed(value)

const lowered = (value: unknown): unknown =>
  typeof value === "string" ? value.trim().toLowerCase() : value

const trimmed = (value: unknown): unknown => (typeof value === "string" ? value.trim() : value)
