import { Result } from "effect"
import type { Kind } from "./keys.ts"

/** What a kind of value looks like, said to whoever got it wrong. */
export const expected = (kind: Kind): string => rulesOf(kind).expected(kind)

/** A value from the file, checked. "forever" becomes null. */
export const readValue = (kind: Kind, value: unknown): Result.Result<unknown, string> => {
  if (kind.is === "count" && kind.orForever && value === "forever") return Result.succeed(null)
  return fits(kind, value) ? Result.succeed(value) : Result.fail(expected(kind))
}

/** A value from the environment or a flag, where everything is text. */
export const readText = (kind: Kind, text: string): Result.Result<unknown, string> =>
  readValue(kind, fromText(kind, text))

const fits = (kind: Kind, value: unknown): boolean => rulesOf(kind).fits(value, kind)

const fromText = (kind: Kind, text: string): unknown => rulesOf(kind).fromText?.(text) ?? text

interface Rules<K extends Kind = Kind> {
  readonly expected: (kind: K) => string
  readonly fits: (value: unknown, kind: K) => boolean
  /** How it is written where everything is text; absent: as it is. */
  readonly fromText?: (text: string) => unknown
}

const rulesOf = (kind: Kind): Rules => rules[kind.is] as unknown as Rules

const rules: { readonly [Is in Kind["is"]]: Rules<Extract<Kind, { readonly is: Is }>> } = {
  choice: {
    expected: ({ of }) => `one of ${of.map((one) => `"${one}"`).join(", ")}`,
    fits: (value, { of }) => typeof value === "string" && of.includes(value),
  },
  count: {
    expected: ({ min, max, orForever }) =>
      `a whole number from ${min} to ${max}${orForever ? ', or "forever"' : ""}`,
    fits: (value, { min, max }) =>
      Number.isInteger(value) && Number(value) >= min && Number(value) <= max,
    fromText: (text) => (/^\d+$/.test(text.trim()) ? Number(text) : text.trim()),
  },
  switch: {
    expected: () => "true or false",
    fits: (value) => typeof value === "boolean",
    fromText: (text) => switches[text.trim().toLowerCase()],
  },
  text: {
    expected: () => "a text in quotes",
    fits: (value) => typeof value === "string" && value.trim() !== "",
  },
  zone: {
    expected: () => "UTC or an IANA zone such as Europe/Vienna",
    fits: (value) => typeof value === "string" && isZone(value),
  },
  list: {
    expected: () => 'a list of texts such as ["program", "--flag"]',
    fits: (value) => Array.isArray(value) && value.every((one) => typeof one === "string"),
    fromText: (text) =>
      text.trimStart().startsWith("[") ? fromJson(text) : text.split(/\s+/).filter(Boolean),
  },
  table: {
    expected: () => 'a table of texts such as { NAME = "value" }',
    fits: (value) => isTable(value) && Object.values(value).every((one) => typeof one === "string"),
    fromText: (text) => fromJson(text),
  },
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
    return Intl.DateTimeFormat("en", { timeZone: name }) !== undefined
  } catch {
    return false
  }
}
