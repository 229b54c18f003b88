import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import type { DiffAnswer } from "../../operations/diff.ts"
import type { WhyAnswer } from "../../operations/why.ts"
import { diffWords, whyWords } from "../render/why.ts"
import { asking } from "../verb.ts"
import { present, text } from "./schedule-flags.ts"

/** Why a job ran at a time, or did not. */
export const why = Command.make(
  "why",
  {
    job: Argument.String("job").pipe(
      Argument.withDescription("A job, a removed one too: id, name or beginning of the id"),
    ),
    time: Argument.String("time").pipe(
      Argument.withDescription("ISO 8601, with an offset or in the job's zone; or epoch ms"),
    ),
  },
  ({ job, time }) => asking<WhyAnswer>("why", { job_id: job, time }, whyWords),
).pipe(
  Command.withDescription("Say why a job ran at a time, or did not, and which facts say so"),
  Command.withExamples([{ command: "horolog why digest 2026-12-01T09:00" }]),
)

/** What changed between two moments of the log. */
export const diff = Command.make(
  "diff",
  {
    from: Argument.String("from").pipe(
      Argument.withDescription("A position, or a time with an offset or Z"),
    ),
    to: Argument.String("to").pipe(
      Argument.withDescription("The same; now when it is left out"),
      Argument.optional,
    ),
    job: text("job", "JOB", "Only this job and its runs"),
  },
  ({ from, to, job }) =>
    asking<DiffAnswer>("diff", { from, ...present({ to, job_id: job }) }, diffWords),
).pipe(Command.withDescription("Show what changed in the tables between two positions or times"))
