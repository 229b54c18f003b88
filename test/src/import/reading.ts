import { readFileSync } from "node:fs"
import { Result } from "effect"
import { becomesJob, type ImportEntry, type ImportText } from "../../../src/import/entry.ts"
import { readImport, type ImportSource } from "../../../src/import/source.ts"

export const fixture = (name: string): string =>
  readFileSync(new URL(`fixtures/${name}`, import.meta.url), "utf8")

type Given = Partial<Omit<ImportText, "text">>

/** What a text is read as. */
export const read = (source: ImportSource, text: string, given: Given = {}) =>
  Result.getOrThrow(readImport(source, { file: "jobs", tz: "Europe/Vienna", ...given, text }))

/** Why a text cannot be read at all. */
export const refusalOf = (source: ImportSource, text: string, given: Given = {}) =>
  Result.getOrThrow(
    Result.flip(readImport(source, { file: "jobs", tz: "Europe/Vienna", ...given, text })),
  )

/** What an entry asks to be added. */
export const inputOf = ({ ref, job }: ImportEntry) => {
  if (becomesJob(job)) return job.input
  throw new Error(`${ref} becomes nothing: ${job.refused}`)
}

/** Why an entry becomes nothing. */
export const reasonOf = ({ ref, job }: ImportEntry): string => {
  if (becomesJob(job)) throw new Error(`${ref} becomes a job`)
  return job.refused
}

/** The entry with this ref; there must be one. */
export const entryOf = (entries: ReadonlyArray<ImportEntry>, ref: string): ImportEntry => {
  const found = entries.find((entry) => entry.ref === ref)
  if (found === undefined) throw new Error(`no ${ref} in ${entries.map((one) => one.ref).join()}`)
  return found
}
