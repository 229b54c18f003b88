import { Option } from "effect"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import type { PauseAnswer } from "../../operations/pause.ts"
import { changed } from "../render/jobs.ts"
import { asking } from "../verb.ts"
import { text } from "./schedule-flags.ts"

const job = Argument.String("job").pipe(
  Argument.withDescription(
    "The job: its id, its name, or the beginning of its id; else everything",
  ),
  Argument.optional,
)

const inputOf = (given: {
  readonly job: Option.Option<string>
  readonly until?: Option.Option<string>
}) => ({
  ...(Option.isSome(given.job) && { job_id: given.job.value }),
  ...(given.until !== undefined && Option.isSome(given.until) && { until: given.until.value }),
})

const render =
  (word: "Paused" | "Resumed") =>
  ({ job, changed: isChanged }: PauseAnswer): string => {
    if (job !== null) return changed(word)(job)
    if (!isChanged) return `Everything is ${word === "Paused" ? "paused" : "running"} already.`
    return word === "Paused"
      ? "Everything is paused: nothing falls due until `horolog resume`."
      : "Everything goes on; what came due meanwhile is recorded as skipped."
  }

/** Keeps a job, or everything, from firing for a while. */
export const pause = Command.make(
  "pause",
  {
    job,
    until: text("until", "TIME", "When the job goes on: a time, or so long from now (2h, 3d)"),
  },
  (given) => asking("pause", inputOf(given), render("Paused")),
).pipe(Command.withDescription("Keep a job, or everything, from firing until it is resumed"))

/** Lets a job, or everything, fire again. */
export const resume = Command.make("resume", { job }, (given) =>
  asking("resume", inputOf(given), render("Resumed")),
).pipe(Command.withDescription("Let a paused job, or everything, fire again"))
