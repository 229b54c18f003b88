import { Schema } from "effect"
import { JobId, RunId } from "./ids.ts"
import { EpochMs } from "./time.ts"

/** Where a message came from: a person, the model, a tool, or a job that fired. */
export const MessageSource = Schema.Union([
  Schema.Struct({ kind: Schema.tag("person") }),
  Schema.Struct({ kind: Schema.tag("model") }),
  Schema.Struct({ kind: Schema.tag("tool"), toolCallId: Schema.String }),
  Schema.Struct({
    kind: Schema.tag("external-trigger"),
    fromChannel: Schema.String,
    jobId: JobId,
    jobName: Schema.String,
    dueAt: EpochMs,
    runId: RunId,
  }),
])

export const MessageAdded = Schema.Struct({
  type: Schema.tag("message.added"),
  messageId: Schema.NonEmptyString,
  role: Schema.Literals(["system", "user", "assistant", "tool"]),
  content: Schema.String,
  source: MessageSource,
})

export const SessionTitled = Schema.Struct({
  type: Schema.tag("session.titled"),
  title: Schema.String,
})

/** Messages up to `upTo` are told to the model as this summary; they stay in the log. */
export const SessionCompacted = Schema.Struct({
  type: Schema.tag("session.compacted"),
  upTo: Schema.NonEmptyString,
  summary: Schema.String,
})
