import { Effect, Option } from "effect"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import type { ListAnswer } from "../../operations/list.ts"
import type { NextAnswer } from "../../operations/next.ts"
import { House } from "../house.ts"
import { agenda, upcoming, type AgendaEntry } from "../render/jobs.ts"
import { placeOf } from "../root.ts"
import { Misused } from "../terminal.ts"
import { ask, atDesk, show } from "../verb.ts"
import { present, scheduleFlags, scheduleInput, text, whole } from "./schedule-flags.ts"

const span = {
  from: text("from", "TIME", "Times after this one, with an offset or Z; else now"),
  count: whole("count", "How many"),
} as const

const spanInput = ({
  from,
  count,
}: {
  readonly from: Option.Option<string>
  readonly count: Option.Option<number>
}) => present<number | string>({ from, count })

/** When a schedule would be due. It is arithmetic, and needs no data folder. */
export const next = Command.make(
  "next",
  {
    expression: Argument.String("cron").pipe(
      Argument.withDescription("A cron expression, in quotes; or one of the flags"),
      Argument.optional,
    ),
    ...scheduleFlags,
    ...span,
  },
  ({ expression, ...given }) =>
    Effect.scoped(
      Effect.gen(function* () {
        const cron = Option.isSome(expression) ? { cron: expression.value } : {}
        if (Option.isSome(expression) && Option.isSome(given.cron)) {
          return yield* Effect.fail(twice(expression.value, given.cron.value))
        }
        const house = yield* House
        const desk = yield* house.passing(yield* placeOf())
        const input = { ...scheduleInput(given), ...cron, ...spanInput(given) }
        yield* show(yield* ask<NextAnswer>(desk, "next", input), upcoming)
      }),
    ),
).pipe(
  Command.withDescription("Show when a schedule would be due; needs no data folder"),
  Command.withExamples([
    { command: "horolog next '0 9 * * 3' --tz America/Los_Angeles --from 2025-12-13T00:00Z" },
    { command: "horolog next --every 90m --count 3 --json" },
  ]),
)

const countDefault = 10
const jobsMax = 200

/** What comes next: of one job, or of all jobs together. */
export const preview = Command.make(
  "preview",
  {
    job: Argument.String("job").pipe(
      Argument.withDescription("Only this job: id, name or beginning of the id"),
      Argument.optional,
    ),
    ...span,
  },
  ({ job, ...given }) =>
    atDesk((desk) =>
      Effect.gen(function* () {
        const input = spanInput(given)
        if (Option.isSome(job)) {
          const answer = yield* ask<NextAnswer>(desk, "next", { job_id: job.value, ...input })
          return yield* show(answer, upcoming)
        }
        const count = Option.getOrElse(given.count, () => countDefault)
        const { jobs } = yield* ask<ListAnswer>(desk, "list", { status: "enabled", limit: jobsMax })
        const of = (job: ListAnswer["jobs"][number]) =>
          Effect.map(
            ask<NextAnswer>(desk, "next", { job_id: job.job_id, ...input, count }),
            ({ next }) => next.map((moment) => entry(job, moment)),
          )
        const entries = (yield* Effect.forEach(jobs, of)).flat()
        const due = entries.toSorted((a, b) => a.at - b.at).slice(0, count)
        yield* show({ due }, agenda)
      }),
    ),
).pipe(Command.withDescription("Show what comes due next, of one job or of all"))

const entry = (
  { job_id, name }: ListAnswer["jobs"][number],
  moment: NextAnswer["next"][number],
): AgendaEntry => ({ ...moment, job_id, name })

const twice = (argument: string, flag: string): Misused =>
  new Misused({
    message: "Two cron expressions were given.",
    received: [argument, flag],
    expected: "one, as the argument or with --cron",
  })
