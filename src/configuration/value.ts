import { Result } from "effect"
import type { Kind } from "./keys.ts"

/** What a kind of value looks like, said to whoever got it wrong. */
export const expected = (kind: Kind): string => {
  switch (kind.is) {
    case "choice":
      return `one of ${kind.of.map((one) => `"${one}"`).join(", ")}`
    case "count":
      return `a whole number from ${kind.min} to ${kind.max}${kind.orForever ? ', or "forever"' : ""}`
    case "switch":
      return "true or false"
    case "text":
      return "a text in quotes"
    case "zone":
      return "UTC or an IANA zone such as Europe/Vienna"
    case "list":
      return 'a list of texts such as ["program", "--flag"]'
    case "table":
      return 'a table of texts such as { NAME = "value" }'
  }
}

/** A value from the file, checked. "forever" becomes null. */
export const readValue = (kind: Kind, value: unknown): Result.Result<unknown, string> => {
  if (kind.is === "count" && kind.orForever && value === "forever") return Result.succeed(null)
  return fits(kind, value) ? Result.succeed(value) : Result.fail(expected(kind))
}

/** A value from the environment or a flag, where everything is text. */
export const readText = (kind: Kind, text: string): Result.Result<unknown, string> =>
  readValue(kind, fromText(kind, text))

const fits = (kind: Kind, value: unknown): boolean => {
  switch (kind.is) {
    case "choice":
      return typeof value === "string" && kind.of.includes(value)
    case "count":
      return Number.isInteger(value) && Number(value) >= kind.min && Number(value) <= kind.max
    case "switch":
      return typeof value === "boolean"
    case "text":
      return typeof value === "string" && value.trim() !== ""
    case "zone":
      return typeof value === "string" && isZone(value)
    case "list":
      return Array.isArray(value) && value.every((one) => typeof one === "string")
    case "table":
      return isTable(value) && Object.values(value).every((one) => typeof one === "string")
  }
}

const fromText = (kind: Kind, text: string): unknown => {
  switch (kind.is) {
    case "count":
      return /^\d+$/.test(text.trim()) ? Number(text) : text.trim()
    case "switch":
      return switches[text.trim().toLowerCase()] ?? text
    case "list":
      return text.trimStart().startsWith("[") ? fromJson(text) : text.split(/\s+/).filter(Boolean)
    case "table":
      return fromJson(text)
    case "choice":
    case "text":
    case "zone":
      return text
  }
}

const switches: Readonly<Record<string, boolean>> = {
  true: true,
  "1": true,
  yes: true,
  on: true,
  false: false,
  "0": false,
  no: false,
  off: false,
}

const fromJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

export const isTable = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** `UTC`, or a name with a `/` that this machine has rules for; `CST` and `+02:00` are no zones. */
export const isZone = (name: string): boolean => {
  if (name === "UTC") return true
  if (!name.includes("/")) return false
  try {
    new Intl.DateTimeFormat("en", { timeZone: name })
    return true
  } catch {
    return false
  }
}
