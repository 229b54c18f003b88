import type { Option } from "effect"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { listed, shown } from "../render/jobs.ts"
import { ranList } from "../render/runs.ts"
import { asking } from "../verb.ts"
import { present, text, whole } from "./schedule-flags.ts"

const page = {
  limit: whole("limit", "How many at most"),
  cursor: text("cursor", "CURSOR", "Go on where a page before ended"),
} as const

const pageInput = (given: {
  readonly limit: Option.Option<number>
  readonly cursor: Option.Option<string>
}) => present<number | string>({ limit: given.limit, cursor: given.cursor })

/** The jobs there are, those that come next first. */
export const list = Command.make(
  "list",
  {
    status: Flag.Literals("status", ["all", "enabled", "disabled"]).pipe(
      Flag.withDescription("Which jobs"),
      Flag.withDefault("all" as const),
    ),
    ...page,
  },
  ({ status, ...given }) => asking("list", { status, ...pageInput(given) }, listed),
).pipe(Command.withDescription("List jobs"), Command.withAlias("ls"))

/** A job with its latest runs, or one run whole. */
export const showOne = Command.make(
  "show",
  {
    id: Argument.String("id").pipe(
      Argument.withDescription("A job (id, name, beginning of the id) or a run (its id)"),
    ),
  },
  ({ id }) => asking("show", { id }, shown),
).pipe(Command.withDescription("Show a job or a run"))

/** What ran, latest first. */
export const runs = Command.make(
  "runs",
  {
    job: text("job", "JOB", "Only runs of this job"),
    status: Flag.Literals("status", [
      "running",
      "ok",
      "error",
      "timed-out",
      "cancelled",
      "interrupted",
      "gated",
    ]).pipe(Flag.withDescription("Only runs with this outcome"), Flag.optional),
    ...page,
  },
  ({ job, status, ...given }) =>
    asking("runs", { ...present({ job_id: job, status }), ...pageInput(given) }, ranList),
).pipe(Command.withDescription("List runs"))
