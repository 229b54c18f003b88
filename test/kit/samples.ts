import type { Actor } from "../../events/envelope.ts"
import type { FactOf } from "../../events/fact.ts"
import type { Plan } from "../../events/plan.ts"
import type { Policy } from "../../events/policy.ts"
import type { At, Cron, Every } from "../../events/schedule.ts"
import type {
  AddJob,
  DecideContext,
  InterruptRun,
  RunOutcome,
  SettleRun,
  StartRun,
} from "../../machines/command.ts"
import { defaultPolicy } from "../../machines/policy.ts"

/** One job, one chat, one noon: what most tests speak of. */
export const jobId = "job_digest"
export const runId = "run_1"
export const chat = { channel: "cli_chat", chatId: "default" }
export const otherChat = { channel: "file", chatId: "elsewhere" }
export const noon = Date.UTC(2026, 10, 24, 12)
export const second = 1_000
export const minute = 60 * second
export const hour = 60 * minute
export const day = 24 * hour
export const planner = "croner@11.0.1 tzdata@2026a"

export const hourly: Every = { type: "every", everyMs: hour, anchorAt: noon, tz: "UTC" }
export const daily: Cron = { type: "cron", expr: "0 12 * * *", tz: "UTC" }
export const once: At = { type: "at", at: noon, tz: "UTC" }

export const person: Actor = { kind: "user", id: "anna" }
export const clock: Actor = { kind: "clock", id: "clock" }
export const agent: Actor = { kind: "agent", id: "claw", ...chat }

/** A plan for `dueAt`, made when everything up to `after` was accounted for. */
export const plan = (dueAt: number, { revision = 1, after = dueAt - hour } = {}): Plan => ({
  revision,
  after,
  dueAt,
  wakeAt: dueAt,
  planner,
})

/** The job is there, hourly unless said otherwise, and due at noon. */
export const added = (changes: Partial<FactOf<"job.added">> = {}): FactOf<"job.added"> => ({
  type: "job.added",
  jobId,
  owner: chat,
  key: null,
  name: "digest",
  prompt: "Summarise my inbox.",
  schedule: hourly,
  ...chat,
  model: null,
  deleteAfterRun: false,
  policy: defaultPolicy,
  plan: plan(noon),
  ...changes,
})

export const addedOnce = (changes: Partial<FactOf<"job.added">> = {}): FactOf<"job.added"> =>
  added({ schedule: once, plan: plan(noon, { after: noon - 1 }), ...changes })

export const withPolicy = (policy: Partial<Policy>): { readonly policy: Policy } => ({
  policy: { ...defaultPolicy, ...policy },
})

/** The run of noon has begun, on time, and the next hour is planned. */
export const started = (changes: Partial<FactOf<"run.started">> = {}): FactOf<"run.started"> => ({
  type: "run.started",
  runId,
  revision: 1,
  dueAt: noon,
  attempt: 1,
  trigger: "schedule",
  lateMs: 0,
  deadlineAt: noon + 10 * minute,
  node: "here",
  bootId: "boot_1",
  plan: plan(noon + hour),
  ...changes,
})

/** A person's run of a job, at `at`; the plan that stands is restated. */
export const startedByHand = (at: number, standing: Plan | null): FactOf<"run.started"> =>
  started({ dueAt: at, deadlineAt: at + 10 * minute, trigger: "manual", plan: standing })

/** What a command meets beside the state: somebody asks at `now`, and the clock has long been up. */
export const at = (now: number, changes: Partial<DecideContext> = {}): DecideContext => ({
  now,
  by: person,
  zone: "UTC",
  zoneFrom: "configuration",
  planner,
  bootId: "boot_1",
  node: "here",
  upSince: 0,
  channels: ["cli_chat", "file"],
  ...changes,
})

export const addJob = (changes: Partial<AddJob> = {}): AddJob => ({
  type: "add-job",
  jobId,
  owner: chat,
  prompt: "Summarise my inbox.",
  schedule: { every: "1h" },
  ...chat,
  ...changes,
})

export const startRun = (dueAt: number, changes: Partial<StartRun> = {}): StartRun => ({
  type: "start-run",
  jobId,
  runId,
  revision: 1,
  dueAt,
  attempt: 1,
  ...changes,
})

export const runJob = { type: "run-job", jobId, runId } as const
export const enableJob = { type: "enable-job", jobId } as const
export const disableJob = { type: "disable-job", jobId } as const
export const removeJob = { type: "remove-job", jobId } as const

export const settleRun = (outcome: RunOutcome, id = runId): SettleRun => ({
  type: "settle-run",
  jobId,
  runId: id,
  outcome,
})

export const answered: RunOutcome = { type: "succeeded", text: "3 mails" }
export const timedOut: RunOutcome = { type: "timed-out" }
export const cancelled: RunOutcome = { type: "cancelled", reason: "changed my mind" }
export const failedAs = (
  errorClass: "retryable" | "quota" | "refused" | "fatal",
  retryAt?: number,
): RunOutcome => ({
  type: "failed",
  error: { name: "AgentFailed", message: "no answer", class: errorClass },
  ...(retryAt !== undefined && { retryAt }),
})

export const interruptRun: InterruptRun = { type: "interrupt-run", jobId, runId, reason: "crash" }

/** The facts of outcomes, as a minute's run leaves them. */
export const succeeded = (changes: Partial<FactOf<"run.succeeded">> = {}) =>
  ({
    type: "run.succeeded",
    runId,
    output: "3 mails",
    outputLength: 7,
    durationMs: minute,
    usage: null,
    deliverTo: chat,
    ...changes,
  }) satisfies FactOf<"run.succeeded">

export const failed = (changes: Partial<FactOf<"run.failed">> = {}) =>
  ({
    type: "run.failed",
    runId,
    error: { name: "AgentFailed", message: "no answer", class: "retryable" },
    durationMs: minute,
    ...changes,
  }) satisfies FactOf<"run.failed">

export const retryPlanned = (changes: Partial<FactOf<"retry.planned">> = {}) =>
  ({
    type: "retry.planned",
    revision: 1,
    dueAt: noon,
    attempt: 2,
    wakeAt: noon + minute + 30 * second,
    reason: "failed",
    ...changes,
  }) satisfies FactOf<"retry.planned">

export const rescheduled = (to: Plan, previousDueAt: number | null = to.dueAt) =>
  ({ type: "job.rescheduled", plan: to, previousDueAt }) satisfies FactOf<"job.rescheduled">

export const disabled = (
  reason: FactOf<"job.disabled">["reason"],
  previousDueAt: number | null = null,
) => ({ type: "job.disabled", reason, previousDueAt }) satisfies FactOf<"job.disabled">

export const removed = (
  reason: FactOf<"job.removed">["reason"],
  previousDueAt: number | null = null,
) => ({ type: "job.removed", reason, previousDueAt }) satisfies FactOf<"job.removed">

export const skipped = (
  [from, to, count]: readonly [from: number, to: number, count: number | null],
  reason: FactOf<"occurrences.skipped">["reason"],
) =>
  ({
    type: "occurrences.skipped",
    revision: 1,
    from,
    to,
    count,
    reason,
  }) satisfies FactOf<"occurrences.skipped">

/** Who waits for the answers is told that they do not come. */
export const alertRaised = (changes: Partial<FactOf<"alert.raised">> = {}) =>
  ({
    type: "alert.raised",
    cause: "failures",
    failuresInRow: 2,
    runId,
    raisedAt: noon + minute,
    deliverTo: chat,
    message: "digest failed 2 times in a row: no answer.",
    ...changes,
  }) satisfies FactOf<"alert.raised">

/** The same when the job is disabled for its first failure. */
export const disabledAlert = {
  cause: "disabled",
  failuresInRow: 1,
  message: "digest failed: no answer. It is disabled now, and fires no more.",
} as const
