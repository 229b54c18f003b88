import type { FactOf, JobFact } from "../events/fact.ts"
import type { JobPatch } from "../events/job.ts"
import type { Plan } from "../events/plan.ts"
import { jobOfStream, jobStream } from "../events/stream.ts"
import { none, type Folded, type Projection } from "./projection.ts"
import { scheduleJson } from "./schedule-json.ts"

/** One row per job that exists: what is planned, when it wakes, how its last run ended. */
export interface ScheduledJobRow {
  readonly id: string
  readonly name: string
  /** The schedule as JSON with snake_case keys, as tools send it. */
  readonly schedule: string
  readonly prompt: string
  readonly channel: string
  readonly chat_id: string
  readonly model: string | null
  readonly enabled: 0 | 1
  readonly delete_after_run: 0 | 1
  /** The nominal due time of what comes next; null when nothing is planned. */
  readonly next_run_at: number | null
  readonly last_run_at: number | null
  readonly last_status: string | null
  readonly last_error: string | null
  readonly created_at: number
  readonly updated_at: number
  /** enabled, running, rescheduled or disabled. */
  readonly state: string
  readonly disabled_reason: string | null
  readonly revision: number
  /** When the alarm has to start something; null while a run is open or nothing is planned. */
  readonly wake_at: number | null
  /** The due time and attempt that wakes then: the plan's, or a retry's. */
  readonly wake_due_at: number | null
  readonly wake_attempt: number | null
  /** The natural plan as it stands, kept through retries and runs (JSON), or null. */
  readonly plan: string | null
  readonly open_run_id: string | null
  readonly failures_in_row: number
  readonly owner_channel: string
  readonly owner_chat_id: string
  readonly key: string | null
  readonly policy: string
  /** The version of the job's stream that this row has seen. */
  readonly version: number
}

type Changes = Partial<ScheduledJobRow>

/** `scheduled_jobs`: folded from the stream of each job; a removed job has no row. */
export const scheduledJobs: Projection<ScheduledJobRow, JobFact> = {
  table: "scheduled_jobs",
  key: "id",
  keys: ({ stream }) => {
    const jobId = jobOfStream(stream)
    return jobId === undefined ? none : [jobId]
  },
  begins: ["job.added"],
  shows: ["job.added", "job.updated", "run.failed", "run.cancelled"],
  streams: ({ id }) => [jobStream(id)],
  handlers: {
    "job.added": (_row, recorded) => added(recorded),
    "job.updated": (row, recorded) =>
      row && seen(row, recorded, { ...updated(row, recorded.fact), updated_at: recorded.at }),
    "job.rescheduled": (row, recorded) =>
      row && seen(row, recorded, { state: "rescheduled", ...waitsFor(recorded.fact.plan) }),
    "job.replanned": (row, recorded) =>
      row && seen(row, recorded, planned(row, recorded.fact.plan)),
    "retry.planned": (row, recorded) => row && seen(row, recorded, retried(row, recorded.fact)),
    "job.enabled": (row, recorded) =>
      row &&
      seen(row, recorded, {
        ...enabled(row, recorded.fact.plan),
        enabled: 1,
        disabled_reason: null,
        failures_in_row: 0,
        updated_at: recorded.at,
      }),
    "job.disabled": (row, recorded) =>
      row &&
      seen(row, recorded, {
        ...nothing,
        open_run_id: null,
        state: "disabled",
        enabled: 0,
        disabled_reason: recorded.fact.reason,
        // A manual run of a disabled job ends in the same fact, and is no change of the job.
        updated_at: row.enabled === 1 ? recorded.at : row.updated_at,
      }),
    "job.paused": (row, recorded) =>
      row && seen(row, recorded, { ...asleep, updated_at: recorded.at }),
    "job.resumed": (row, recorded) =>
      row && seen(row, recorded, { ...planned(row, recorded.fact.plan), updated_at: recorded.at }),
    "job.disable-requested": noted,
    "job.removal-requested": noted,
    "job.removed": () => undefined,
    "run.started": (row, recorded) => row && seen(row, recorded, started(recorded)),
    "run.succeeded": (row, recorded) =>
      row && seen(row, recorded, { ...ended("ok", null), failures_in_row: 0 }),
    "run.failed": (row, recorded) =>
      row && seen(row, recorded, failed(row, "error", recorded.fact.error.message)),
    "run.timed-out": (row, recorded) =>
      row &&
      seen(
        row,
        recorded,
        failed(row, "timed-out", `timed out after ${recorded.fact.durationMs} ms`),
      ),
    "run.cancelled": (row, recorded) =>
      row && seen(row, recorded, ended("cancelled", recorded.fact.reason)),
    "run.gated": (row, recorded) => row && seen(row, recorded, ended("gated", null)),
    "run.interrupted": (row, recorded) =>
      row && seen(row, recorded, ended("interrupted", `interrupted: ${recorded.fact.reason}`)),
    "run.answered-late": noted,
    "occurrences.queued": noted,
    "occurrences.skipped": noted,
    "alert.raised": noted,
    "alert.cleared": noted,
  },
}

/** What changes, and that the row has seen the fact. */
const seen = (row: ScheduledJobRow, { version }: Folded, changes: Changes): ScheduledJobRow => ({
  ...row,
  ...changes,
  version,
})

function noted(row: ScheduledJobRow | undefined, recorded: Folded) {
  return row && seen(row, recorded, {})
}

const asleep = { wake_at: null, wake_due_at: null, wake_attempt: null } as const
const nothing = { ...asleep, plan: null, next_run_at: null } as const

const stands = (plan: Plan | null): Changes => ({
  plan: plan === null ? null : JSON.stringify(plan),
  next_run_at: plan === null ? null : plan.dueAt,
  ...(plan === null ? {} : { revision: plan.revision }),
})

const wakesFor = ({ wakeAt, dueAt }: Plan): Changes => ({
  wake_at: wakeAt,
  wake_due_at: dueAt,
  wake_attempt: 1,
})

const waitsFor = (plan: Plan): Changes => ({
  ...stands(plan),
  ...wakesFor(plan),
  open_run_id: null,
})

/** A new plan beside what may be going on: an open run lets nothing wake, a retry goes first. */
const planned = (row: ScheduledJobRow, plan: Plan): Changes => {
  if (row.enabled === 0) return { revision: plan.revision }
  const isBusy = row.open_run_id !== null || (row.wake_attempt ?? 1) > 1
  return isBusy ? stands(plan) : { ...stands(plan), ...wakesFor(plan) }
}

/** A job that is run by hand while it is disabled may be enabled meanwhile: it waits after the run. */
const enabled = (row: ScheduledJobRow, plan: Plan): Changes =>
  row.open_run_id === null ? { ...waitsFor(plan), state: "enabled" } : stands(plan)

/** A new revision leaves no retry of the old one. */
const updated = (row: ScheduledJobRow, { patch, plan }: FactOf<"job.updated">): Changes => ({
  ...patched(patch),
  ...(plan === null ? {} : planned({ ...row, wake_attempt: null }, plan)),
})

const retried = (row: ScheduledJobRow, fact: FactOf<"retry.planned">): Changes => ({
  state: "rescheduled",
  open_run_id: null,
  wake_at: fact.wakeAt,
  wake_due_at: fact.dueAt,
  wake_attempt: fact.attempt,
  next_run_at: row.next_run_at ?? fact.dueAt,
})

const added = ({ fact, at, stream, version }: Folded<FactOf<"job.added">>): ScheduledJobRow => ({
  id: jobOfStream(stream) ?? fact.jobId,
  name: fact.name,
  schedule: scheduleJson(fact.schedule),
  prompt: fact.prompt,
  channel: fact.channel,
  chat_id: fact.chatId,
  model: fact.model,
  enabled: 1,
  delete_after_run: fact.deleteAfterRun ? 1 : 0,
  next_run_at: fact.plan.dueAt,
  last_run_at: null,
  last_status: null,
  last_error: null,
  created_at: at,
  updated_at: at,
  state: "enabled",
  disabled_reason: null,
  revision: fact.plan.revision,
  wake_at: fact.plan.wakeAt,
  wake_due_at: fact.plan.dueAt,
  wake_attempt: 1,
  plan: JSON.stringify(fact.plan),
  open_run_id: null,
  failures_in_row: 0,
  owner_channel: fact.owner.channel,
  owner_chat_id: fact.owner.chatId,
  key: fact.key,
  policy: JSON.stringify(fact.policy),
  version,
})

const patched = (patch: JobPatch): Changes => ({
  ...(patch.name === undefined ? {} : { name: patch.name }),
  ...(patch.prompt === undefined ? {} : { prompt: patch.prompt }),
  ...(patch.schedule === undefined ? {} : { schedule: scheduleJson(patch.schedule) }),
  ...(patch.channel === undefined ? {} : { channel: patch.channel }),
  ...(patch.chatId === undefined ? {} : { chat_id: patch.chatId }),
  ...(patch.model === undefined ? {} : { model: patch.model }),
  ...(patch.deleteAfterRun === undefined
    ? {}
    : { delete_after_run: patch.deleteAfterRun ? (1 as const) : (0 as const) }),
  ...(patch.policy === undefined ? {} : { policy: JSON.stringify(patch.policy) }),
})

const started = ({ fact, at }: Folded<FactOf<"run.started">>): Changes => ({
  ...asleep,
  ...stands(fact.plan),
  state: "running",
  last_run_at: at,
  open_run_id: fact.runId,
})

const ended = (status: string, error: string | null): Changes => ({
  last_status: status,
  last_error: error,
})

const failed = (row: ScheduledJobRow, status: string, error: string): Changes => ({
  ...ended(status, error),
  failures_in_row: row.failures_in_row + 1,
})
