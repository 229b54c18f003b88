import { Schema } from "effect"
import { Chat, JobId } from "./ids.ts"
import { Plan, Revision } from "./plan.ts"
import { Policy } from "./policy.ts"
import { Schedule } from "./schedule.ts"
import { EpochMs } from "./time.ts"

/** What to ask, when, and how: the part of a job that people and agents write. */
export const JobDefinition = Schema.Struct({
  name: Schema.NonEmptyString,
  prompt: Schema.NonEmptyString,
  schedule: Schedule,
  channel: Schema.NonEmptyString,
  chatId: Schema.NonEmptyString,
  model: Schema.NullOr(Schema.NonEmptyString),
  deleteAfterRun: Schema.Boolean,
  policy: Policy,
})
export type JobDefinition = typeof JobDefinition.Type

/** The fields of a definition that changed; an absent one stayed as it was. */
export const JobPatch = Schema.Struct({
  name: Schema.optionalKey(Schema.NonEmptyString),
  prompt: Schema.optionalKey(Schema.NonEmptyString),
  schedule: Schema.optionalKey(Schedule),
  channel: Schema.optionalKey(Schema.NonEmptyString),
  chatId: Schema.optionalKey(Schema.NonEmptyString),
  model: Schema.optionalKey(Schema.NullOr(Schema.NonEmptyString)),
  deleteAfterRun: Schema.optionalKey(Schema.Boolean),
  policy: Schema.optionalKey(Policy),
})
export type JobPatch = typeof JobPatch.Type

const previousDueAt = Schema.NullOr(EpochMs)

/** A job exists from here on. `owner` is the chat it was made in; `key` names it for its makers. */
export const JobAdded = Schema.Struct({
  type: Schema.tag("job.added"),
  jobId: JobId,
  owner: Chat,
  key: Schema.NullOr(Schema.NonEmptyString),
  ...JobDefinition.fields,
  plan: Plan,
})

/** The definition changed; a plan is there when the schedule did, under a new revision. */
export const JobUpdated = Schema.Struct({
  type: Schema.tag("job.updated"),
  patch: JobPatch,
  before: JobPatch,
  previousDueAt,
  plan: Schema.NullOr(Plan),
})

/** The last open run is settled and the job waits for its next occurrence. */
export const JobRescheduled = Schema.Struct({
  type: Schema.tag("job.rescheduled"),
  plan: Plan,
  previousDueAt,
})

/** The next occurrence is another one now, for a reason outside of any run. Never moves the state. */
export const JobReplanned = Schema.Struct({
  type: Schema.tag("job.replanned"),
  plan: Plan,
  previousDueAt,
  reason: Schema.Literals(["skipped", "schedule-changed", "clock-jumped", "zone-data"]),
})

/** The same occurrence is tried again at `wakeAt`; the natural plan stays as it is. */
export const RetryPlanned = Schema.Struct({
  type: Schema.tag("retry.planned"),
  revision: Revision,
  dueAt: EpochMs,
  attempt: Schema.Int,
  wakeAt: EpochMs,
  reason: Schema.Literals(["failed", "timed-out", "interrupted"]),
})

export const JobEnabled = Schema.Struct({
  type: Schema.tag("job.enabled"),
  plan: Plan,
  previousDueAt,
})

export const DisabledReason = Schema.Literals([
  "manual",
  "one-shot-done",
  "failures",
  "exhausted",
  "ended",
])
export type DisabledReason = typeof DisabledReason.Type

/** The job does not fire again unless someone enables it. */
export const JobDisabled = Schema.Struct({
  type: Schema.tag("job.disabled"),
  reason: DisabledReason,
  previousDueAt,
})

/** The job fires no more until it is resumed; at `until`, unless it is null, the clock resumes it. */
export const JobPaused = Schema.Struct({
  type: Schema.tag("job.paused"),
  until: Schema.NullOr(EpochMs),
})

/** What passed meanwhile was skipped; the plan is null when only a retry or an open run is left. */
export const JobResumed = Schema.Struct({
  type: Schema.tag("job.resumed"),
  plan: Schema.NullOr(Plan),
})

/** Asked for while a run is open; it comes true when the run settles. */
export const JobDisableRequested = Schema.Struct({ type: Schema.tag("job.disable-requested") })
export const JobRemovalRequested = Schema.Struct({ type: Schema.tag("job.removal-requested") })

/** The job is gone for good; its runs stay. */
export const JobRemoved = Schema.Struct({
  type: Schema.tag("job.removed"),
  reason: Schema.Literals(["manual", "delete-after-run", "clean-up"]),
  previousDueAt,
})
