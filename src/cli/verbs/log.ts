import { Effect, Option, Stream } from "effect"
import * as Command from "effect/cli/Command"
import type { Recorded } from "../../../events/envelope.ts"
import { factAnswer, type LogAnswer } from "../../operations/log.ts"
import type { ShowAnswer } from "../../operations/show.ts"
import type { Desk } from "../../serve/desk.ts"
import { factLine, factLines, isWanted } from "../render/facts.ts"
import { root } from "../root.ts"
import { Misused, print, remark } from "../terminal.ts"
import { ask, atDesk, show } from "../verb.ts"
import { onOff, present, text, whole } from "./schedule-flags.ts"

/** What happened, in order; with --follow also what happens from now on. */
export const log = Command.make(
  "log",
  {
    job: text("job", "JOB", "Only what happened to this job and its answers"),
    type: text("type", "TYPE", "Only facts of this type, such as run.failed"),
    after: whole("after", "Only facts behind this position"),
    limit: whole("limit", "How many at most"),
    follow: onOff("follow", "Go on with what happens; one line, or with --json one document, each"),
  },
  ({ follow, job, ...given }) =>
    atDesk((desk) =>
      Effect.gen(function* () {
        const input = present<string | number>({ ...given, job_id: job })
        if (!follow) return yield* show(yield* ask<LogAnswer>(desk, "log", input), factLines)
        if (Option.isSome(given.limit)) return yield* Effect.fail(endless)
        if (!desk.served) yield* remark(alone)
        const jobId = Option.isSome(job) ? yield* idOf(desk, job.value) : undefined
        const type = Option.getOrUndefined(given.type)
        yield* desk
          .events(Option.getOrElse(given.after, () => 0))
          .pipe(Stream.filter(isWanted({ type, jobId })), Stream.runForEach(printFact))
      }),
    ),
).pipe(Command.withDescription("Read what happened"))

const printFact = (recorded: Recorded) =>
  Effect.flatMap(root, ({ json }) => {
    const fact = factAnswer(recorded)
    return print(json ? JSON.stringify(fact) : factLine(fact))
  })

/** Followed facts are compared by id, so a name is looked up once. */
const idOf = (desk: Desk["Service"], job: string) =>
  Effect.map(ask<ShowAnswer>(desk, "show", { id: job }), (answer) =>
    answer.kind === "job" ? answer.job.job_id : answer.run.job_id,
  )

const endless = new Misused({
  message: "--follow has no end, so --limit makes no sense with it.",
  received: "--follow --limit",
  expected: "one of them",
})

const alone =
  "No server runs here: this process holds the folder, and nothing will happen while it does."
