import { existsSync, readFileSync } from "node:fs"
import { basename, dirname, join, resolve } from "node:path"
import { Effect, Option, Result } from "effect"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { Refusal } from "../../../machines/refusal.ts"
import { hostZone } from "../../configuration/folder.ts"
import { importSources } from "../../import/source.ts"
import type { ImportAnswer } from "../../operations/import-answer.ts"
import { importedWords } from "../render/imported.ts"
import { textOrInput } from "../terminal.ts"
import { ask, atDesk, show } from "../verb.ts"
import { onOff, present, text } from "./schedule-flags.ts"

/** Takes the jobs of another scheduler in. */
export const importJobs = Command.make(
  "import",
  {
    source: Argument.Literals("source", importSources).pipe(
      Argument.withDescription("The scheduler the file comes from"),
    ),
    file: Argument.String("file").pipe(
      Argument.withDescription("A crontab, or the jobs.json of the others; - reads standard input"),
    ),
    dryRun: onOff("dry-run", "Only say what would come of it"),
    enable: onOff("enable", "Enable the jobs that were on; else all come disabled"),
    system: Flag.Boolean("system").pipe(
      Flag.withDescription("crontab: the sixth field is a user; else told by the file"),
      Flag.optional,
    ),
    tz: text("tz", "ZONE", "The zone of schedules that name none; else this machine's"),
    channel: text("channel", "KIND", "Where all answers go; else where they went, if it is here"),
    chat: text("chat", "ID", "The chat in that channel"),
  },
  Effect.fnUntraced(function* ({ source, file, dryRun, enable, ...given }) {
    const input = {
      source,
      ...(yield* readSource(file, source === "nanobot")),
      ...present<string | boolean>({
        system: given.system,
        channel: given.channel,
        chat_id: given.chat,
      }),
      tz: Option.getOrElse(given.tz, hostZone),
      dry_run: dryRun,
      enable,
    }
    yield* atDesk((desk) =>
      Effect.flatMap(ask<ImportAnswer>(desk, "import", input), (answer) =>
        show(answer, importedWords),
      ),
    )
  }),
).pipe(
  Command.withDescription("Take in the jobs of cron, OpenClaw, nanobot or Hermes"),
  Command.withExamples([
    { command: "crontab -l | horolog import crontab - --dry-run" },
    { command: "horolog import openclaw ~/.openclaw/cron/jobs.json" },
  ]),
)

/** What the file holds, and for nanobot what it has not taken into it yet. */
const readSource = Effect.fnUntraced(function* (file: string, hasActions: boolean) {
  if (file === "-") return { text: yield* textOrInput("-"), file: "standard input" }
  const path = resolve(file)
  const actions = join(dirname(path), "action.jsonl")
  const isThere = hasActions && basename(path) === "jobs.json" && existsSync(actions)
  return {
    text: yield* Effect.fromResult(readFile(path)),
    file: path,
    ...(isThere && {
      actions: yield* Effect.fromResult(readFile(actions)),
      actions_file: actions,
    }),
  }
})

const readFile = (path: string): Result.Result<string, Refusal> =>
  Result.try({
    try: () => readFileSync(path, "utf8"),
    catch: (cause) =>
      new Refusal({
        code: "invalid-input",
        message: `${path} cannot be read: ${(cause as Error).message}.`,
        received: path,
        expected: "a file this user may read",
        hint: "Check the path, or send the text on standard input with -.",
      }),
  })
