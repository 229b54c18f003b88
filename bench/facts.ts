import type { Meta } from "../events/envelope.ts"
import type { FactOf } from "../events/fact.ts"
import type { Plan } from "../events/plan.ts"

const startAt = 1_764_000_000_000
const everyMs = 60_000

export const meta = (commandId: string, name: string): Meta => ({
  actor: { kind: "clock", id: "clock" },
  command: { id: commandId, name },
  correlationId: commandId,
  instance: "0198a0de-0000-7000-8000-000000000000",
  app: "0.1.0",
})

const planOf = (index: number): Plan => ({
  revision: 1,
  after: startAt + index * everyMs,
  dueAt: startAt + (index + 1) * everyMs,
  wakeAt: startAt + (index + 1) * everyMs,
  planner: "croner@11.0.1 tzdata@2026b",
})

export const jobAdded = (jobId: string): FactOf<"job.added"> => ({
  type: "job.added",
  jobId,
  owner: { channel: "cli_chat", chatId: "default" },
  key: null,
  name: `Job ${jobId}`,
  prompt: "Look at the news of the last hour and tell me what matters, in three sentences.",
  schedule: { type: "every", everyMs, anchorAt: startAt, tz: "UTC" },
  channel: "cli_chat",
  chatId: "default",
  model: null,
  deleteAfterRun: false,
  policy: {
    catchUp: { mode: "latest" },
    overlap: "skip",
    timeoutMs: 600_000,
    retry: { attemptsMax: 4, delaysMs: [30_000, 60_000, 300_000, 900_000, 3_600_000] },
    onInterrupt: "retry",
    disableAfterFailures: 10,
    jitterMs: 0,
    session: "chat",
    mayWriteSchedule: false,
  },
  plan: planOf(0),
})

export const runStarted = (index: number): FactOf<"run.started"> => ({
  type: "run.started",
  runId: `run_0198a0de-0000-7000-8000-${String(index).padStart(12, "0")}`,
  revision: 1,
  dueAt: startAt + index * everyMs,
  attempt: 1,
  trigger: "schedule",
  lateMs: 1,
  deadlineAt: startAt + index * everyMs + 600_000,
  node: "here",
  bootId: "0198a0de-0000-7000-8000-000000000000",
  plan: planOf(index + 1),
})

export const runSucceeded = (index: number): FactOf<"run.succeeded"> => ({
  type: "run.succeeded",
  runId: runStarted(index).runId,
  output: "Nothing happened in the last hour that you would want to know about.",
  outputLength: 68,
  durationMs: 3,
  usage: null,
  deliverTo: null,
})

export const rescheduled = (index: number): FactOf<"job.rescheduled"> => ({
  type: "job.rescheduled",
  plan: planOf(index + 1),
  previousDueAt: startAt + index * everyMs,
})
