import { readFileSync } from "node:fs"
import { resolve } from "node:path"
import { Effect, Option, Result } from "effect"
import * as Command from "effect/cli/Command"
import { Refusal } from "../../../machines/refusal.ts"
import { hostZone } from "../../configuration/folder.ts"
import { becomesJob } from "../../import/entry.ts"
import { readImport } from "../../import/source.ts"
import type { SimulateAnswer } from "../../operations/simulate-answer.ts"
import { simulatedWords } from "../render/simulated.ts"
import { remark, textOrInput } from "../terminal.ts"
import { ask, atDesk, show } from "../verb.ts"
import { onOff, present, text, whole } from "./schedule-flags.ts"

/** What would fire when. It stores nothing, and runs nothing. */
export const simulate = Command.make(
  "simulate",
  {
    length: text("for", "DURATION", "How long: 12h, 30d (default), 52w"),
    from: text("from", "TIME", "The beginning, with an offset or Z; else now"),
    add: text("add", "FILE", "Jobs to add: a JSON array as cron_add takes them, or a crontab; -"),
    alone: onOff("alone", "Without the jobs that are there"),
    takes: whole("takes-ms", "How long each answer takes, in ms: 1000"),
    limit: whole("limit", "How much of each list --json prints: 1000"),
  },
  Effect.fnUntraced(function* ({ length, from, add, alone, takes, limit }) {
    const jobs = Option.isNone(add) ? undefined : yield* readJobs(add.value)
    const input = {
      ...present<string | number>({ for: length, from, takes_ms: takes, limit }),
      ...(jobs !== undefined && { jobs }),
      ...(alone && { stored: false }),
    }
    yield* atDesk((desk) =>
      Effect.flatMap(ask<SimulateAnswer>(desk, "simulate", input), (answer) =>
        show(answer, simulatedWords),
      ),
    )
  }),
).pipe(
  Command.withDescription("Say what would fire when, and where it piles up; nothing is stored"),
  Command.withExamples([
    { command: "horolog simulate --for 52w" },
    { command: "horolog simulate --alone --add jobs.json --from 2026-03-01T00:00Z --json" },
    { command: "crontab -l | horolog simulate --alone --add -" },
  ]),
)

/** The jobs of a file: JSON where it begins like that, else the lines of a crontab. */
const readJobs = Effect.fnUntraced(function* (file: string) {
  const written = file === "-" ? yield* textOrInput("-") : yield* Effect.fromResult(readFile(file))
  const isJson = /^\s*[[{]/.test(written)
  return isJson ? yield* Effect.fromResult(readJson(written, file)) : yield* readTab(written, file)
})

const readFile = (file: string): Result.Result<string, Refusal> =>
  Result.try({
    try: () => readFileSync(resolve(file), "utf8"),
    catch: (cause) =>
      new Refusal({
        code: "invalid-input",
        message: `${file} cannot be read: ${(cause as Error).message}.`,
        received: file,
        expected: "a file this user may read",
        hint: "Check the path, or send the text on standard input with -.",
      }),
  })

const readJson = (written: string, file: string): Result.Result<ReadonlyArray<unknown>, Refusal> =>
  Result.try({
    try: () => {
      const jobs = JSON.parse(written) as unknown
      return Array.isArray(jobs) ? jobs : [jobs]
    },
    catch: (cause) =>
      new Refusal({
        code: "invalid-input",
        message: `${file} is no JSON: ${(cause as Error).message}.`,
        received: file,
        expected: 'an array such as [{ "prompt": "...", "cron": "0 9 * * *" }]',
      }),
  })

/** What becomes of a crontab when it is imported; lines that become no job are named. */
const readTab = Effect.fnUntraced(function* (written: string, file: string) {
  const { entries } = yield* Effect.fromResult(
    readImport("crontab", { file, text: written, tz: hostZone() }),
  )
  for (const { ref, job } of entries) {
    if (!becomesJob(job)) yield* remark(`${ref} becomes no job: ${job.refused}`)
  }
  return entries.flatMap(({ job }) => (becomesJob(job) ? [job.input] : []))
})
