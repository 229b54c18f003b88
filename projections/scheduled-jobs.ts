import { behind, queued } from "../events/backlog.ts"
import type { FactOf, JobFact } from "../events/fact.ts"
import type { JobPatch } from "../events/job.ts"
import type { Plan } from "../events/plan.ts"
import { jobOfStream, jobStream } from "../events/stream.ts"
import { none, type Folded, type Projection } from "./projection.ts"
import type { ScheduledJobRow } from "./scheduled-job-row.ts"
import { scheduleJson } from "./schedule-json.ts"
import { backlogJson, backlogOf, wakesOf } from "./wakes.ts"

export type { ScheduledJobRow } from "./scheduled-job-row.ts"

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
      row && seen(row, recorded, { ...waits, ...stands(recorded.fact.plan), retry: null }),
    "job.replanned": (row, recorded) =>
      row && seen(row, recorded, { ...replanned(row, recorded.fact) }),
    "retry.planned": (row, recorded) =>
      row && seen(row, recorded, { ...waits, retry: retried(recorded.fact) }),
    "job.enabled": (row, recorded) =>
      row &&
      seen(row, recorded, {
        ...stands(recorded.fact.plan),
        retry: null,
        asked: null,
        ...(row.open_run_id === null && { state: "enabled" }),
        enabled: 1,
        disabled_reason: null,
        failures_in_row: 0,
        updated_at: recorded.at,
      }),
    "job.disabled": (row, recorded) =>
      row &&
      seen(row, recorded, {
        ...noRun,
        ...nothing,
        state: "disabled",
        enabled: 0,
        disabled_reason: recorded.fact.reason,
        // A manual run of a disabled job ends in the same fact, and is no change of the job.
        updated_at: row.enabled === 1 ? recorded.at : row.updated_at,
      }),
    "job.paused": (row, recorded) =>
      row &&
      seen(row, recorded, {
        paused: 1,
        paused_until: recorded.fact.until,
        updated_at: recorded.at,
      }),
    "job.resumed": (row, recorded) =>
      row && seen(row, recorded, { ...resumed(row, recorded.fact.plan), updated_at: recorded.at }),
    "job.disable-requested": (row, recorded) => row && seen(row, recorded, { asked: "disable" }),
    "job.removal-requested": (row, recorded) => row && seen(row, recorded, { asked: "removal" }),
    "job.removed": () => undefined,
    "run.started": (row, recorded) => row && seen(row, recorded, started(row, recorded)),
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
    "occurrences.queued": (row, recorded) =>
      row &&
      seen(row, recorded, { backlog: backlogJson([...backlogOf(row), queued(recorded.fact)]) }),
    "occurrences.skipped": (row, recorded) =>
      row && seen(row, recorded, turned(row, recorded.fact)),
    "alert.raised": noted,
    "alert.cleared": noted,
  },
}

/** What changes, and that the row has seen the fact; what wakes next follows from that. */
const seen = (row: ScheduledJobRow, { version, at }: Folded, changes: Changes): ScheduledJobRow => {
  const after = { ...row, ...changes, version }
  return { ...after, ...wakesOf(after, at) }
}

function noted(row: ScheduledJobRow | undefined, recorded: Folded) {
  return row && seen(row, recorded, {})
}

const noRun = { open_run_id: null, open_run_trigger: null, asked: null } as const
const nothing = { plan: null, retry: null, backlog: null } as const
/** The last open run is settled. */
const waits = { ...noRun, state: "rescheduled" } as const

const stands = (plan: Plan | null): Changes => ({
  plan: plan === null ? null : JSON.stringify(plan),
  ...(plan === null ? {} : { revision: plan.revision }),
})

/** Where occurrences passed, or the clock had been wrong, a retry of an earlier one is given up. */
const replanned = (row: ScheduledJobRow, { plan, reason }: FactOf<"job.replanned">): Changes => {
  if (row.enabled === 0) return { revision: plan.revision }
  const keepsRetry = reason === "zone-data" || reason === "schedule-changed"
  return keepsRetry ? stands(plan) : { ...stands(plan), retry: null }
}

const resumed = (row: ScheduledJobRow, plan: Plan | null): Changes => ({
  paused: 0,
  paused_until: null,
  ...(plan === null ? {} : stands(plan)),
  ...(plan !== null && hasPassed(row, plan) && { retry: null }),
})

const hasPassed = (row: ScheduledJobRow, plan: Plan): boolean =>
  row.plan !== null && (JSON.parse(row.plan) as Plan).dueAt !== plan.dueAt

/** A plan that follows leaves no retry of an older one. */
const updated = (row: ScheduledJobRow, { patch, plan }: FactOf<"job.updated">): Changes => {
  if (plan === null) return patched(patch)
  return row.enabled === 0
    ? { ...patched(patch), revision: plan.revision }
    : { ...patched(patch), ...stands(plan), retry: null }
}

const retried = ({ type: _type, ...retry }: FactOf<"retry.planned">): string =>
  JSON.stringify(retry)

/** What waited has had its turn. */
const turned = (row: ScheduledJobRow, turn: Parameters<typeof behind>[1]): Changes =>
  row.backlog === null ? {} : { backlog: backlogJson(behind(backlogOf(row), turn)) }

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
  retry: null,
  backlog: null,
  paused: 0,
  paused_until: null,
  ...noRun,
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

const started = (row: ScheduledJobRow, { fact, at }: Folded<FactOf<"run.started">>): Changes => ({
  ...stands(fact.plan),
  ...(fact.trigger !== "manual" && { retry: null }),
  ...(fact.trigger !== "manual" && fact.attempt === 1 && turned(row, turnOf(fact))),
  state: "running",
  last_run_at: at,
  open_run_id: fact.runId,
  open_run_trigger: fact.trigger,
})

const turnOf = ({ revision, dueAt }: FactOf<"run.started">) => ({
  revision,
  from: dueAt,
  to: dueAt,
  count: 1,
})

const ended = (status: string, error: string | null): Changes => ({
  last_status: status,
  last_error: error,
})

const failed = (row: ScheduledJobRow, status: string, error: string): Changes => ({
  ...ended(status, error),
  failures_in_row: row.failures_in_row + 1,
})
