import { userInfo } from "node:os"
import { Effect } from "effect"
import { shellAgentName } from "../../machines/decide/agent-choice.ts"
import { Refusal } from "../../machines/refusal.ts"
import { becomesJob, type Imported, type ImportEntry, type ImportText } from "../import/entry.ts"
import { readImport, stopWords } from "../import/source.ts"
import type { LogFailed } from "../log/event-log.ts"
import { Agents } from "../run/agent.ts"
import { Settings } from "../settings.ts"
import { commandIds } from "./caller.ts"
import { addEntry, previewEntry, refusedEntry, type Taking } from "./import-entry.ts"
import { ImportAnswer, ImportInput, type ImportedEntry } from "./import-answer.ts"
import { defineOperation, type Caller, type OperationServices } from "./operation.ts"

/**
 * Takes the jobs of another scheduler in. Each entry is answered with what it became, or why it did
 * not; an entry that was taken in before is found by its key.
 */
export const importJobs = defineOperation({
  name: "import",
  title: "Take in the jobs of cron, OpenClaw, nanobot or Hermes",
  kind: "write",
  input: ImportInput,
  output: ImportAnswer,
  run: Effect.fn("import")(function* (input, caller) {
    if (caller.by.kind === "agent" || caller.by.runId !== undefined) return yield* forPeople(caller)
    const { source, dry_run = false } = input
    const imported = yield* read(input)
    const missing = yield* shellMissing(imported)
    if (missing !== undefined && !dry_run) return yield* missing
    const ids = yield* commandIds(caller)
    const by = { ...caller.by, kind: "import" } as const
    const runningUser = userInfo().username
    const entries = yield* Effect.forEach(onceEach(imported.entries), (entry, index) =>
      entryTaken(entry, { input, runningUser, by, commandId: `${ids.commandId}/${index}` }),
    )
    return {
      source,
      file: fileOf(input),
      dry_run,
      entries,
      counts: countsOf(entries),
      notes: [
        ...imported.notes,
        ...(missing === undefined ? [] : [`${missing.message} ${missing.hint}`]),
      ],
      stop: stopWords[source],
    }
  }),
})

const entryTaken = (
  entry: ImportEntry,
  taking: Taking,
): Effect.Effect<ImportedEntry, LogFailed, OperationServices | Agents> => {
  const { job } = entry
  if (!becomesJob(job)) return Effect.succeed(refusedEntry(entry, job.refused))
  const take = { ...entry, job }
  return taking.input.dry_run === true ? previewEntry(take, taking) : addEntry(take, taking)
}

const fileOf = ({ file, source }: ImportInput): string => file ?? `the ${source} file`

const read = Effect.fnUntraced(function* (input: ImportInput) {
  const { zone } = yield* Settings
  const { text, tz, system, actions, actions_file = "action.jsonl" } = input
  const given: ImportText = {
    text,
    file: fileOf(input),
    tz: tz ?? zone,
    ...(system !== undefined && { system }),
    ...(actions !== undefined && { actions: { file: actions_file, text: actions } }),
  }
  return yield* Effect.fromResult(readImport(input.source, given))
})

/** Jobs that run command lines are of no use where nobody runs them. */
const shellMissing = Effect.fnUntraced(function* ({ entries }: Imported) {
  const { names } = yield* Agents
  const needsShell = entries.some(
    ({ job }) => becomesJob(job) && job.input.policy?.agent === shellAgentName,
  )
  return needsShell && !names.includes(shellAgentName) ? shellIsOff(names) : undefined
})

const shellIsOff = (agents: ReadonlyArray<string>): Refusal =>
  new Refusal({
    code: "invalid-input",
    message: "These are command lines, and the agent shell, which runs such, is off.",
    received: agents,
    expected: "the agent shell among the agents",
    hint: "Set enabled = true in [agent.shell] of config.toml, start again, and import then.",
  })

const forPeople = ({ by }: Caller): Refusal =>
  new Refusal({
    code: "forbidden",
    message: "Jobs of another scheduler are taken in by people only.",
    received: by.runId ?? by.id,
    expected: "a person, outside of any run",
    hint: "Ask the person to run `horolog import`.",
  })

/** An id that a file gives twice names one job. */
const onceEach = (entries: ReadonlyArray<ImportEntry>): ReadonlyArray<ImportEntry> => {
  const seen = new Set<string>()
  return entries.map((entry) => {
    const key = becomesJob(entry.job) ? entry.job.input.key : undefined
    if (key === undefined) return entry
    if (seen.has(key))
      return { ...entry, job: { refused: "the file has an entry of this id before" } }
    seen.add(key)
    return entry
  })
}

const countsOf = (entries: ReadonlyArray<ImportedEntry>) => {
  const count = (...outcomes: ReadonlyArray<ImportedEntry["outcome"]>): number =>
    entries.filter(({ outcome }) => outcomes.includes(outcome)).length
  return {
    added: count("added", "would-add"),
    existed: count("existed"),
    refused: count("refused"),
  }
}
