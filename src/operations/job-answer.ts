import { Schema } from "effect"
import type { JobDefinition } from "../../events/job.ts"
import type { Schedule } from "../../events/schedule.ts"
import { localTime } from "../../machines/next-due.ts"
import { scheduleWords } from "../../machines/schedule-words.ts"
import { stateName, type JobState } from "../../machines/state.ts"
import type { ScheduledJobRow } from "../../projections/scheduled-jobs.ts"
import type { Decided } from "../engine/engine.ts"
import { camelKeys } from "./json-keys.ts"
import { Moment, upcoming } from "./moment.ts"

/** Where a zone came from; `job`: it was named when the job was made, or is the one it has. */
export const ZoneFrom = Schema.Literals(["job", "configuration", "host"])
export type ZoneFrom = typeof ZoneFrom.Type

/** What every write to a job answers with, so that nobody has to ask again what it came to. */
export const JobAnswer = Schema.Struct({
  job_id: Schema.String,
  name: Schema.String,
  /** enabled, running, rescheduled, disabled or removed. */
  state: Schema.String,
  /** A plain sentence: `every weekday at 09:00 Europe/Vienna`. */
  schedule: Schema.String,
  next: Schema.Array(Moment),
  zone: Schema.String,
  zone_from: ZoneFrom,
  channel: Schema.String,
  chat_id: Schema.String,
  /** The job was there already, by its key. */
  existed: Schema.Boolean,
  warnings: Schema.Array(Schema.String),
})
export type JobAnswer = typeof JobAnswer.Type

/** What is not in the decision itself. */
export interface AnswerNotes {
  readonly zoneFrom?: ZoneFrom
  readonly existed?: boolean
  readonly warnings?: ReadonlyArray<string>
}

type Outcome = Pick<Decided, "jobId" | "now" | "facts" | "after">

/** The answer to a write, from what was decided alone: the same decision, the same answer. */
export const answerOf = (decided: Outcome, notes: AnswerNotes = {}): JobAnswer => {
  const { jobId, after } = decided
  const { definition, plan } = after.context
  const dueAt = plan === null || isOver(after) ? null : plan.dueAt
  return answerFrom(jobId, definition, {
    state: stateName(after.value),
    dueAt,
    existed: notes.existed ?? false,
    zoneFrom: notes.zoneFrom ?? "job",
    warnings: [...(notes.warnings ?? []), ...outcomeWarnings(decided, dueAt)],
  })
}

const outcomeWarnings = (
  { now, facts, after }: Outcome,
  dueAt: number | null,
): ReadonlyArray<string> => [
  ...(facts.length === 0 ? ["Nothing changed: the job was like that already."] : []),
  ...(isEnding(after) ? ["A run is open: this takes effect when it ends."] : []),
  ...pauseWarnings(after),
  ...(dueAt !== null && dueAt <= now ? ["The time has come already: it runs at once."] : []),
]

const pauseWarnings = ({ value, context }: JobState): ReadonlyArray<string> => {
  const { paused, pausedUntil, definition } = context
  if (!paused || value === "removed" || value === "disabled") return []
  return pausedUntil === null
    ? ["It is paused until somebody resumes it: what comes due meanwhile is skipped."]
    : [`It is paused until ${localTime(pausedUntil, definition.schedule.tz)}.`]
}

/** The same for a job as the tables hold it. */
export const answerOfRow = (row: ScheduledJobRow, notes: AnswerNotes = {}): JobAnswer =>
  answerFrom(row.id, definitionOf(row), {
    state: row.state,
    dueAt: row.next_run_at,
    existed: notes.existed ?? true,
    zoneFrom: notes.zoneFrom ?? "job",
    warnings: notes.warnings ?? [],
  })

/** The schedule of a row, as the machines know it. */
export const scheduleOf = ({ schedule }: Pick<ScheduledJobRow, "schedule">): Schedule =>
  camelKeys(JSON.parse(schedule)) as Schedule

type Described = Pick<JobDefinition, "name" | "schedule" | "channel" | "chatId"> & {
  readonly policy: { readonly endAt?: number }
}

const definitionOf = (row: ScheduledJobRow): Described => ({
  name: row.name,
  schedule: scheduleOf(row),
  channel: row.channel,
  chatId: row.chat_id,
  policy: camelKeys(JSON.parse(row.policy)) as Described["policy"],
})

const answerFrom = (
  jobId: string,
  { name, schedule, channel, chatId, policy }: Described,
  rest: {
    readonly state: string
    readonly dueAt: number | null
    readonly existed: boolean
    readonly zoneFrom: ZoneFrom
    readonly warnings: ReadonlyArray<string>
  },
): JobAnswer => {
  const next = upcoming(schedule, rest.dueAt, policy.endAt)
  return {
    job_id: jobId,
    name,
    state: rest.state,
    schedule: scheduleWords(schedule),
    next,
    zone: schedule.tz,
    zone_from: rest.zoneFrom,
    channel,
    chat_id: chatId,
    existed: rest.existed,
    warnings: [...rest.warnings, ...paceWarnings(next)],
  }
}

const paceMinMs = 60_000

const paceWarnings = ([first, second]: JobAnswer["next"]): ReadonlyArray<string> =>
  first !== undefined && second !== undefined && second.at - first.at < paceMinMs
    ? ["It runs more than once a minute: every run asks a model."]
    : []

const isOver = ({ value }: JobState): boolean => value === "disabled" || value === "removed"

const isEnding = ({ value }: JobState): boolean =>
  value === "running.disabling" || value === "running.removing"
