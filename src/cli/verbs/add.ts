import { Effect } from "effect"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import type { JobAnswer } from "../../operations/job-answer.ts"
import { changed } from "../render/jobs.ts"
import { remark, textOrInput } from "../terminal.ts"
import { ask, atDesk, show } from "../verb.ts"
import {
  jobFlags,
  jobInput,
  onOff,
  present,
  scheduleFlags,
  scheduleInput,
  text,
} from "./schedule-flags.ts"

/** Schedules a prompt. */
export const add = Command.make(
  "add",
  {
    prompt: Argument.String("prompt").pipe(
      Argument.withDescription("What to ask when the time comes; - reads standard input"),
    ),
    ...scheduleFlags,
    ...jobFlags,
    key: text("key", "TEXT", "Your own name for the job: adding it again finds the one there is"),
    onExists: Flag.Literals("on-exists", ["return", "update"]).pipe(
      Flag.withDescription("What to do when the key is taken"),
      Flag.optional,
    ),
    deleteAfterRun: onOff("delete-after-run", "Remove the job once a run succeeded"),
  },
  Effect.fnUntraced(function* (given) {
    const input = {
      prompt: yield* textOrInput(given.prompt),
      ...scheduleInput(given),
      ...(yield* Effect.fromResult(jobInput(given))),
      ...present({ key: given.key, on_exists: given.onExists }),
      ...(given.deleteAfterRun && { delete_after_run: true }),
    }
    yield* atDesk((desk) =>
      Effect.gen(function* () {
        const answer = yield* ask<JobAnswer>(desk, "add", input)
        yield* show(answer, changed(answer.existed ? "There is already" : "Added"))
        if (!desk.served) yield* remark(nothingFires)
      }),
    )
  }),
).pipe(
  Command.withDescription("Schedule a prompt"),
  Command.withExamples([
    { command: "horolog add 'What is new?' --cron '0 9 * * MON-FRI' --tz Europe/Vienna" },
    { command: "horolog add 'Stand up and stretch' --in 20m" },
    { command: "horolog add - --every 1h < prompt.txt" },
  ]),
)

const nothingFires = "No server runs here: nothing will fire until `horolog serve` runs."
