import { resolve } from "node:path"
import { Effect } from "effect"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import { Refusal } from "../../../machines/refusal.ts"
import type { BackupAnswer, EraseAnswer, PruneAnswer } from "../../serve/upkeep/cleaning.ts"
import type { ReplayAnswer } from "../../serve/upkeep/replay.ts"
import type { StatusAnswer } from "../../serve/upkeep/status.ts"
import type { VerifyAnswer } from "../../serve/upkeep/verify.ts"
import { House } from "../house.ts"
import { replayed, statusWords, verified } from "../render/upkeep.ts"
import { placeOf } from "../root.ts"
import { ask, asking, atDesk, show } from "../verb.ts"
import { present, text } from "./schedule-flags.ts"

/** What is going on, in a few numbers. */
export const status = Command.make("status", {}, () =>
  asking<StatusAnswer>("status", {}, statusWords),
).pipe(Command.withDescription("Say what is going on: server, clock, jobs, log"))

/** Proves the log whole; a log that is not is a refusal, so that scripts notice. */
export const verify = Command.make("verify", {}, () =>
  atDesk((desk) =>
    Effect.gen(function* () {
      const answer = yield* ask<VerifyAnswer>(desk, "verify", {})
      yield* show(answer, verified)
      if (!answer.ok) yield* Effect.fail(notWhole(answer))
    }),
  ),
).pipe(Command.withDescription("Prove that the log is whole and the tables are what it adds up to"))

const notWhole = ({ problems, problems_count }: VerifyAnswer): Refusal =>
  new Refusal({
    code: "damaged",
    message: `Verification found ${problems_count} problem${problems_count === 1 ? "" : "s"}.`,
    received: problems,
    expected: "a whole chain, and tables equal to what the log adds up to",
    hint: "Keep a copy of the folder. `horolog rebuild` mends tables; a broken chain needs a backup.",
  })

/** Folds the tables again. */
export const rebuild = Command.make("rebuild", {}, () =>
  asking<{ readonly head: number; readonly rows: Readonly<Record<string, number>> }>(
    "rebuild",
    {},
    ({ head, rows }) =>
      `Folded the tables again from ${head} facts: ${Object.entries(rows)
        .map(([table, count]) => `${table} ${count}`)
        .join(", ")}.`,
  ),
).pipe(Command.withDescription("Fold the tables again from the log"))

/** Tables and states as they were. */
export const replay = Command.make(
  "replay",
  {
    to: text("to", "POSITION|TIME", "Until this position, or this instant; else until now"),
    job: text("job", "JOB", "Only this job"),
  },
  ({ to, job }) => asking<ReplayAnswer>("replay", present({ to, job_id: job }), replayed),
).pipe(Command.withDescription("Show tables and states as they were at a position or time"))

/** Applies the retention. */
export const prune = Command.make(
  "prune",
  {
    disabledBefore: text(
      "disabled-before",
      "TIME",
      "Also remove jobs that are disabled and unchanged since then",
    ),
  },
  ({ disabledBefore }) =>
    asking<PruneAnswer>(
      "prune",
      present({ disabled_before: disabledBefore }),
      ({ runs_pruned, texts_erased, jobs_removed }) =>
        `Pruned ${runs_pruned} runs, erased ${texts_erased} texts, removed ${jobs_removed.length} jobs.`,
    ),
).pipe(Command.withDescription("Apply the retention now; facts stay, and verify stays green"))

/** Erases texts for good. */
export const erase = Command.make(
  "erase",
  {
    id: Argument.String("id").pipe(
      Argument.withDescription("A run, or a job: removed, all its texts; else those of its runs"),
    ),
  },
  ({ id }) =>
    asking<EraseAnswer>(
      "erase",
      { id },
      ({ id, texts_erased }) => `Erased ${texts_erased} texts of ${id}; the chain still holds.`,
    ),
).pipe(Command.withDescription("Erase prompts, answers and errors on request"))

const file = Argument.String("file").pipe(Argument.withDescription("The file"))

/** Writes a copy, also while a server runs. */
export const backup = Command.make("backup", { file }, ({ file }) =>
  asking<BackupAnswer>(
    "backup",
    { file: resolve(file) },
    ({ file, head }) => `Wrote everything up to position ${head} to ${file}.`,
  ),
).pipe(Command.withDescription("Write a consistent copy of the log, also while it is served"))

/** Puts a backup into an empty data folder. */
export const restore = Command.make(
  "restore",
  { file },
  Effect.fnUntraced(function* ({ file }) {
    const place = yield* placeOf()
    const answer = yield* (yield* House).restore(place, resolve(file))
    yield* show(
      { ...answer, folder: place.folder },
      ({ head, folder }) => `Restored ${folder} up to position ${head}.`,
    )
  }),
).pipe(Command.withDescription("Put a backup or an export into a data folder that holds no log"))
