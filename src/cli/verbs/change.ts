import { Effect, Option } from "effect"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { changed } from "../render/jobs.ts"
import { textOrInput } from "../terminal.ts"
import { asking } from "../verb.ts"
import { jobFlags, jobInput, scheduleFlags, scheduleInput, text } from "./schedule-flags.ts"

/** Names a job on the command line. */
export const job = Argument.String("job").pipe(
  Argument.withDescription("The job: its id, its name, or the beginning of its id"),
)

const clearable = ["name", "model", "channel", "chat_id", "policy", "delete_after_run"] as const

/** Changes what is given of a job, and nothing else. */
export const update = Command.make(
  "update",
  {
    job,
    prompt: text("prompt", "TEXT", "What to ask; - reads standard input"),
    ...scheduleFlags,
    ...jobFlags,
    deleteAfterRun: Flag.Boolean("delete-after-run").pipe(
      Flag.withDescription("Remove the job once a run succeeded"),
      Flag.optional,
    ),
    clear: Flag.Literals("clear", clearable).pipe(
      Flag.withDescription("Take a field back to its default; may be given several times"),
      Flag.between(0, clearable.length),
    ),
  },
  Effect.fnUntraced(function* (given) {
    const { prompt, deleteAfterRun } = given
    const input = {
      job_id: given.job,
      ...(Option.isSome(prompt) && { prompt: yield* textOrInput(prompt.value) }),
      ...scheduleInput(given),
      ...(yield* Effect.fromResult(jobInput(given))),
      ...(Option.isSome(deleteAfterRun) && { delete_after_run: deleteAfterRun.value }),
      ...Object.fromEntries(given.clear.map((field) => [field, null])),
    }
    yield* asking("update", input, changed("Updated"))
  }),
).pipe(Command.withDescription("Change a job"))

const simple = (name: "enable" | "disable" | "remove", done: string, says: string) =>
  Command.make(name, { job }, ({ job }) => asking(name, { job_id: job }, changed(done))).pipe(
    Command.withDescription(says),
  )

/** Makes a disabled job fire again. */
export const enable = simple("enable", "Enabled", "Make a disabled job fire again, from now on")

/** Keeps a job from firing. */
export const disable = simple("disable", "Disabled", "Keep a job from firing; an open run may end")

/** Takes a job away. */
export const remove = simple("remove", "Removed", "Remove a job for good; its runs stay").pipe(
  Command.withAlias("rm"),
)
