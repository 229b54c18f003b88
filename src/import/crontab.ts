import { createHash } from "node:crypto"
import { Result } from "effect"
import type { Refusal } from "../../machines/refusal.ts"
import { commandLine } from "./crontab-command.ts"
import { environmentOf, zoneNotes, type Environment } from "./crontab-environment.ts"
import { fieldProblem, isSystemCrontab, readLine, type CrontabLine } from "./crontab-line.ts"
import { emptyFile, wrongShape } from "./document.ts"
import type { Imported, ImportEntry, ImportText } from "./entry.ts"

/**
 * Reads a crontab: Vixie cron's and cronie's, of a user or of the system. Each line becomes a job of
 * the agent `shell`, with the environment that stands above it.
 */
export const readCrontab = (source: ImportText): Result.Result<Imported, Refusal> => {
  const { file, text } = source
  if (text.trim() === "") return Result.fail(emptyFile(file))
  const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/)
  const isSystem = source.system ?? isSystemCrontab(file, lines)
  const { entries, notes } = readLines(lines, { isSystem, tz: source.tz })
  if (entries.length === 0) {
    const problem = `holds no job in ${lines.length} lines`
    return Result.fail(wrongShape(file, problem, "lines such as 0 9 * * 1-5 /usr/bin/backup"))
  }
  const guessed = isSystem && source.system === undefined ? [systemNote] : []
  return Result.succeed({ entries: unique(entries), notes: [...guessed, ...notes, ...cronNotes] })
}

const systemNote =
  "Read as a crontab of the system, whose sixth field is a user (--no-system says it is none)."

const cronNotes = [
  "Commands run as the account that serves Horolog, in its home folder and with its environment; what the crontab sets stands before each command.",
  "Cron starts a line again while its last run still goes on; here that occurrence is skipped (policy.overlap).",
  "Cron drops what falls due while it is down; here the last missed occurrence runs once (policy.catch_up).",
  "Cron has no timeout; here a command gets 24 hours (policy.timeout_ms).",
]

interface Reading {
  readonly isSystem: boolean
  readonly tz: string
}

const readLines = (lines: ReadonlyArray<string>, reading: Reading): Imported => {
  const entries: Array<ImportEntry> = []
  const notes: Array<string> = []
  let environment: Environment = []
  let title: string | undefined
  for (const [index, text] of lines.entries()) {
    const line = readLine(text, reading.isSystem)
    const number = index + 1
    switch (line.type) {
      case "blank":
        break
      case "comment":
        title = line.title
        continue
      case "variable":
        environment = [
          ...environment.filter(([name]) => name !== line.name),
          [line.name, line.value],
        ]
        notes.push(...zoneNotes(line, number))
        break
      case "job":
      case "malformed":
        entries.push(entryOf(line, { ...reading, environment, number, title }))
    }
    title = undefined
  }
  return { entries, notes }
}

interface Surroundings extends Reading {
  readonly environment: Environment
  readonly number: number
  readonly title: string | undefined
}

type JobLine = Extract<CrontabLine, { readonly type: "job" | "malformed" }>

const entryOf = (line: JobLine, around: Surroundings): ImportEntry => {
  const ref = `line ${around.number}`
  if (line.type === "malformed") {
    return { ref, name: line.text, wasEnabled: true, notes: [], job: { refused: line.problem } }
  }
  const name = around.title ?? nameOf(line.command)
  const problem = line.command === "" ? "it has no command" : fieldProblem(line)
  const head = { ref, name, wasEnabled: true, notes: notesOf(line) }
  return problem === undefined
    ? { ...head, job: jobOf(line, name, around) }
    : { ...head, job: { refused: problem } }
}

const dayMs = 86_400_000

const jobOf = (
  line: Extract<JobLine, { readonly type: "job" }>,
  name: string,
  { environment, tz }: Surroundings,
) => {
  const { variables, shell, zone } = environmentOf(environment)
  return {
    input: {
      name,
      prompt: commandLine(line.command, { variables, shell }),
      cron: line.cron,
      tz: zone ?? tz,
      key: keyOf(line),
      policy: { agent: "shell", timeout_ms: dayMs, disable_after_failures: 0 },
    },
    ...(line.user !== undefined && { user: line.user }),
  }
}

/** The same line is the same job, wherever in the file it stands and whatever is set above it. */
const keyOf = ({
  user = "",
  cron,
  command,
}: Extract<JobLine, { readonly type: "job" }>): string => {
  const digest = createHash("sha256")
    .update(JSON.stringify([user, cron, command]))
    .digest("hex")
  return `crontab/${digest.slice(0, keyLength)}`
}

const keyLength = 16

/** A line that stands there twice is two jobs to cron, and here. */
const unique = (entries: ReadonlyArray<ImportEntry>): ReadonlyArray<ImportEntry> => {
  const counts = new Map<string, number>()
  return entries.map((entry) => {
    if (!("input" in entry.job)) return entry
    const { key = "" } = entry.job.input
    const count = (counts.get(key) ?? 0) + 1
    counts.set(key, count)
    if (count === 1) return entry
    const input = { ...entry.job.input, key: `${key}/${count}` }
    return { ...entry, job: { ...entry.job, input } }
  })
}

const nameLengthMax = 60

const nameOf = (command: string): string => {
  const line = command.replaceAll(/\s+/g, " ").trim()
  const points = Array.from(line)
  return points.length <= nameLengthMax ? line : points.slice(0, nameLengthMax).join("")
}

const notesOf = ({ user, isQuiet }: Extract<JobLine, { readonly type: "job" }>) => [
  ...(user === undefined ? [] : [`It ran as ${user}.`]),
  ...(isQuiet
    ? ["The - before its minute (no entry in the system's log) means nothing here."]
    : []),
]
