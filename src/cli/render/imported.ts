import type { ImportAnswer, ImportedEntry } from "../../operations/import-answer.ts"
import { short } from "./table.ts"
import { when } from "./time.ts"

/** What an import came to: entry by entry, then what holds for all, then what is left to do. */
export const importedWords = (answer: ImportAnswer): string =>
  [
    ...answer.entries.map(entryWords),
    summary(answer),
    ...answer.notes.map((note) => `Note: ${note}`),
    ...stopLines(answer),
  ].join("\n")

const entryWords = (entry: ImportedEntry): string =>
  [
    `${entry.ref}: ${outcomes[entry.outcome]} "${short(entry.name, 50)}"${placeWords(entry)}`,
    ...(entry.reason === null ? [] : [entry.reason]),
    ...entry.notes,
  ].join("\n    ")

const outcomes: Readonly<Record<ImportedEntry["outcome"], string>> = {
  added: "added",
  "would-add": "would add",
  existed: "is here already:",
  refused: "NOT taken in:",
}

const placeWords = ({ schedule, next, state, job_id, channel, chat_id }: ImportedEntry): string => {
  if (schedule === null) return ""
  const due =
    next === null ? "" : `, ${state === "disabled" ? "would be " : ""}due ${when(next.at)}`
  const id = job_id === null ? "" : `, ${job_id}`
  return `, ${schedule}${due}; ${state}, answers to ${channel}/${chat_id}${id}`
}

const summary = ({ file, dry_run, counts, entries }: ImportAnswer): string => {
  const { added, existed, refused } = counts
  const did = dry_run ? "would be added" : "added"
  return `\n${file}: ${entries.length} entries: ${added} ${did}, ${existed} here already, ${refused} not taken in.${
    dry_run ? " Nothing was changed." : ""
  }`
}

const stopLines = ({ stop, dry_run, counts, entries }: ImportAnswer): ReadonlyArray<string> => {
  if (dry_run || counts.added + counts.existed === 0) return []
  const isOff = entries.some(({ outcome, state }) => outcome === "added" && state === "disabled")
  return [
    ...(isOff ? ["Jobs came disabled: look at them, then `horolog enable JOB` for each."] : []),
    "So that no job runs twice, stop the old scheduler first:",
    ...stop.map((line) => `  ${line}`),
  ]
}
