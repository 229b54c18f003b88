import { Schema } from "effect"
import { importSources } from "../import/source.ts"
import { Moment } from "./moment.ts"

const text = (description: string) => Schema.optionalKey(Schema.String.annotate({ description }))
const flag = (description: string) => Schema.optionalKey(Schema.Boolean.annotate({ description }))

export const ImportInput = Schema.Struct({
  source: Schema.Literals(importSources).annotate({ description: "The old scheduler." }),
  text: Schema.String.annotate({ description: "What its file holds." }),
  file: text("How the file is called, for messages; a crontab is told by it, too."),
  actions: text("nanobot: what action.jsonl beside the file holds."),
  actions_file: text("nanobot: how that file is called."),
  tz: text("The zone of the old scheduler, for schedules that name none; else the one here."),
  system: flag("crontab: whether the sixth field is a user; else it is told by the file."),
  channel: Schema.optionalKey(
    Schema.NonEmptyString.annotate({
      description: "Where all answers go; else to the chats they went to, where those are here.",
    }),
  ),
  chat_id: Schema.optionalKey(
    Schema.NonEmptyString.annotate({ description: "The chat in that channel." }),
  ),
  enable: flag("Whether jobs that were on come enabled; else all come disabled."),
  dry_run: flag("Only say what would come of it."),
})
export type ImportInput = typeof ImportInput.Type

/** What became of one entry. */
export const ImportedEntry = Schema.Struct({
  /** `line 7`, or the id the old scheduler gave it. */
  ref: Schema.String,
  name: Schema.String,
  outcome: Schema.Literals(["added", "would-add", "existed", "refused"]),
  job_id: Schema.NullOr(Schema.String),
  /** enabled or disabled, or what has become of a job that was there already. */
  state: Schema.NullOr(Schema.String),
  schedule: Schema.NullOr(Schema.String),
  /** When it is first due, or would be if it were enabled. */
  next: Schema.NullOr(Moment),
  channel: Schema.NullOr(Schema.String),
  chat_id: Schema.NullOr(Schema.String),
  /** Why it was not added. */
  reason: Schema.NullOr(Schema.String),
  /** What is otherwise than it was, or is not taken over. */
  notes: Schema.Array(Schema.String),
})
export type ImportedEntry = typeof ImportedEntry.Type

export const ImportAnswer = Schema.Struct({
  source: Schema.Literals(importSources),
  file: Schema.String,
  dry_run: Schema.Boolean,
  entries: Schema.Array(ImportedEntry),
  /** How many entries have which outcome. */
  counts: Schema.Struct({ added: Schema.Int, existed: Schema.Int, refused: Schema.Int }),
  notes: Schema.Array(Schema.String),
  /** How the old scheduler is kept from running the same jobs. */
  stop: Schema.Array(Schema.String),
})
export type ImportAnswer = typeof ImportAnswer.Type
