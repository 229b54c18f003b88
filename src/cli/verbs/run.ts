import { Effect } from "effect"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import type { RunStartedAnswer } from "../../operations/run.ts"
import { begun, runLine } from "../render/runs.ts"
import { ask, asking, atDesk, show } from "../verb.ts"
import { job } from "./change.ts"
import { onOff, present, text } from "./schedule-flags.ts"

/** Runs a job now. Without a server it runs here, and so this waits for it. */
export const run = Command.make(
  "run",
  { job, wait: onOff("wait", "Answer when the run has ended, with what it said") },
  ({ job, wait }) =>
    atDesk(
      (desk) =>
        Effect.gen(function* () {
          const input = { job_id: job, wait: wait || !desk.served }
          yield* show(yield* ask<RunStartedAnswer>(desk, "run", input), begun)
        }),
      { carryOut: true },
    ),
).pipe(Command.withDescription("Run a job now, whatever its plan says; the plan stands"))

/** Ends a run that is open. */
export const cancel = Command.make(
  "cancel",
  {
    run: Argument.String("run").pipe(Argument.withDescription("The run: its id, or its beginning")),
    reason: text("reason", "TEXT", "Why; it is recorded with the run"),
  },
  ({ run, reason }) => asking("cancel", { run_id: run, ...present({ reason }) }, runLine),
).pipe(Command.withDescription("End a run that is open"))
