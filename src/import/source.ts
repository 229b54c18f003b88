import type { Result } from "effect"
import type { Refusal } from "../../machines/refusal.ts"
import { readCrontab } from "./crontab.ts"
import type { Imported, ImportText } from "./entry.ts"
import { readHermes } from "./hermes.ts"
import { readNanobot } from "./nanobot.ts"
import { readOpenclaw } from "./openclaw.ts"

/** The schedulers whose jobs can be read. */
export const importSources = ["crontab", "openclaw", "nanobot", "hermes"] as const
export type ImportSource = (typeof importSources)[number]

/** Reads the jobs of another scheduler. Pure: nothing is added yet. */
export const readImport = (
  source: ImportSource,
  text: ImportText,
): Result.Result<Imported, Refusal> => readers[source](text)

const readers: Readonly<
  Record<ImportSource, (text: ImportText) => Result.Result<Imported, Refusal>>
> = { crontab: readCrontab, openclaw: readOpenclaw, nanobot: readNanobot, hermes: readHermes }

/** How the old scheduler is kept from running the same jobs as well. */
export const stopWords: Readonly<Record<ImportSource, ReadonlyArray<string>>> = {
  crontab: [
    "Keep a copy and take the lines out: `crontab -l > crontab.old`, then `crontab -e` (# before each line), or `crontab -r` for all.",
    "A file in /etc/cron.d, or /etc/crontab, is edited in its place.",
  ],
  openclaw: [
    "Switch the jobs off one by one: `openclaw cron disable ID` for each.",
    "Or all of them: set cron.enabled to false in ~/.openclaw/openclaw.json and restart the gateway.",
  ],
  nanobot: [
    "Stop nanobot (or its gateway), move cron/jobs.json and cron/action.jsonl out of its workspace, and start it again.",
  ],
  hermes: [
    "Pause the jobs one by one: `hermes cron pause ID` for each.",
    "Or stop the gateway that ticks them, and move ~/.hermes/cron/jobs.json away.",
  ],
}
