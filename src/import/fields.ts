import type { Fields } from "./document.ts"

/** A text that is there and says something. */
export const textOf = (value: unknown): string | undefined =>
  typeof value === "string" && value.trim() !== "" ? value : undefined

/** A number, also one that was written as a text. */
export const numberOf = (value: unknown): number | undefined => {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value
  return typeof number === "number" && Number.isFinite(number) ? number : undefined
}

/** The first of several spellings of a field that is there. */
export const firstOf = (fields: Fields, ...names: ReadonlyArray<string>): unknown =>
  names.map((name) => fields[name]).find((value) => value !== undefined && value !== null)

/** How the fields of an object are dealt with. What is in neither is reported all the same. */
export interface Handling {
  /** Read, or of no meaning outside of the old scheduler; several names to a text. */
  readonly known: ReadonlyArray<string>
  /** Not taken over, and why. */
  readonly lost: Readonly<Record<string, string>>
}

/** One note for each field that says something and is not taken over. */
export const leftOver = (
  fields: Fields,
  { known, lost }: Handling,
  path = "",
): ReadonlyArray<string> => {
  const names = new Set(known.join(" ").split(" "))
  return Object.entries(fields)
    .filter(([name, value]) => !names.has(name) && saysSomething(value))
    .map(([name, value]) => {
      const why = Object.hasOwn(lost, name) ? lost[name] : "unknown here"
      return `${path}${name} ${shown(value)} is not taken over: ${why}.`
    })
}

const saysSomething = (value: unknown): boolean => {
  if (value === null || value === undefined || value === false || value === "") return false
  if (Array.isArray(value)) return value.length > 0
  return typeof value !== "object" || Object.keys(value).length > 0
}

const shownMax = 60

/** A value in one short line. */
export const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > shownMax ? `${text.slice(0, shownMax)}...` : text
}
