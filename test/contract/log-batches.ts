import type { Meta } from "../../events/envelope.ts"
import type { Fact, FactOf } from "../../events/fact.ts"
import { jobStream, runStream, systemStream } from "../../events/stream.ts"
import type { Batch } from "../../src/log/event-log.ts"
import { randomFrom } from "../kit/random.ts"
import { added, chat, hour, noon, plan, started } from "../kit/samples.ts"

export const metaOf = (commandId: string): Meta => ({
  actor: { kind: "user", id: "anna" },
  command: { id: commandId, name: "test" },
  correlationId: commandId,
  instance: "boot_1",
  app: "9.9.9",
})

/** A batch that appends `facts` to one stream. */
export const batch = (
  commandId: string,
  stream: string,
  facts: ReadonlyArray<Fact>,
): Batch & { readonly facts: ReadonlyArray<{ readonly stream: string; readonly fact: Fact }> } => ({
  commandId,
  at: noon,
  meta: metaOf(commandId),
  facts: facts.map((fact) => ({ stream, fact })),
  expected: [{ stream, version: "any" }],
})

export const succeeded = (
  runId: string,
  changes: Partial<FactOf<"run.succeeded">> = {},
): FactOf<"run.succeeded"> => ({
  type: "run.succeeded",
  runId,
  output: "3 mails",
  outputLength: 7,
  durationMs: 5,
  usage: { inputTokens: 3, outputTokens: 2 },
  deliverTo: chat,
  ...changes,
})

export const failed = (runId: string, message: string): FactOf<"run.failed"> => ({
  type: "run.failed",
  runId,
  error: { name: "AgentFailed", message, class: "retryable" },
  durationMs: 5,
})

export const rescheduled = (dueAt: number): FactOf<"job.rescheduled"> => ({
  type: "job.rescheduled",
  plan: plan(dueAt),
  previousDueAt: dueAt - hour,
})

export const erased = (positions: ReadonlyArray<number>): FactOf<"bodies.erased"> => ({
  type: "bodies.erased",
  positions,
  streams: [],
  reason: "request",
})

/** Texts that have broken somebody's store before. */
export const nastyTexts = [
  "plain",
  "",
  'it\'s "quoted"; DROP TABLE events; --',
  "\u{1F600}".repeat(50),
  "half a pair \ud83d",
  "\udc00 the other half",
  "a NUL \0 within",
  "line\nline\r\nline\u2028line",
  "ünïcödé ñandú 日本語",
  "x".repeat(9_000),
] as const

type Random = ReturnType<typeof randomFrom>
type Placed = { readonly stream: string; readonly fact: Fact }

/**
 * A random but repeatable life of some jobs: whatever can be in a log, in an order that nothing has
 * decided. Tables must take all of it.
 */
export const workload = (seed: number, batchesCount: number): ReadonlyArray<Batch> => {
  const random = randomFrom(seed)
  const known: Known = { jobsCount: 0, runs: [], positions: 0 }
  return Array.from({ length: batchesCount }, (_, index): Batch => {
    const facts = Array.from({ length: 1 + random.below(3) }, () => anything(random, known))
    known.positions += facts.length
    const commandId = `command-${index}`
    const at = noon + index * 1_000 - random.below(5_000)
    return { commandId, at, meta: metaOf(commandId), facts, expected: [] }
  })
}

interface Known {
  jobsCount: number
  /** The job of each run: the facts of a run never stand in the stream of another one. */
  readonly runs: Array<string>
  positions: number
}

const anything = (random: Random, known: Known): Placed => {
  const text = random.pick(nastyTexts)
  if (known.jobsCount === 0 || random.below(8) === 0) {
    const jobId = `job_${(known.jobsCount += 1)}`
    const key = random.below(3) === 0 ? `key ${jobId}` : null
    return { stream: jobStream(jobId), fact: added({ jobId, key, name: text, prompt: text }) }
  }
  const jobId = `job_${1 + random.below(known.jobsCount)}`
  if (known.runs.length === 0 || random.below(4) === 0) {
    const runId = `run_${known.runs.push(jobId) - 1}`
    return { stream: jobStream(jobId), fact: started({ runId, dueAt: noon + random.below(hour) }) }
  }
  const run = Math.max(0, known.runs.length - 1 - random.below(6))
  const owner = known.runs[run] ?? jobId
  const family = random.pick([ofJob, ofJob, ofRun, ofRun, ofDelivery, ofSystem] as const)
  return family({ random, known, text, jobId: owner, runId: `run_${run}` })
}

interface Scene {
  readonly random: Random
  readonly known: Known
  readonly text: string
  readonly jobId: string
  readonly runId: string
}

const ofJob = ({ random, text, jobId }: Scene): Placed => {
  const dueAt = noon + random.below(100) * hour
  const patch = { name: text, prompt: text }
  const fact = random.pick<Fact>([
    rescheduled(dueAt),
    { type: "job.updated", patch, before: patch, previousDueAt: null, plan: null },
    { type: "job.updated", patch: {}, before: {}, previousDueAt: dueAt, plan: plan(dueAt + 1) },
    { type: "job.replanned", plan: plan(dueAt), previousDueAt: null, reason: "skipped" },
    { type: "retry.planned", revision: 1, dueAt, attempt: 2, wakeAt: dueAt + 1, reason: "failed" },
    { type: "job.enabled", plan: plan(dueAt, { revision: 3 }), previousDueAt: null },
    { type: "job.disabled", reason: "manual", previousDueAt: dueAt },
    { type: "job.disable-requested" },
    { type: "job.removed", reason: "manual", previousDueAt: null },
    {
      type: "occurrences.skipped",
      revision: 1,
      from: dueAt,
      to: dueAt,
      count: 1,
      reason: "overlap",
    },
  ])
  return { stream: jobStream(jobId), fact }
}

const ofRun = ({ random, text, jobId, runId }: Scene): Placed => ({
  stream: jobStream(jobId),
  fact: random.pick<Fact>([
    succeeded(runId, { output: text, outputLength: text.length }),
    succeeded(runId, { output: text, deliverTo: null, usage: null }),
    failed(runId, text),
    { type: "run.timed-out", runId, durationMs: 600_000 },
    { type: "run.cancelled", runId, reason: text, durationMs: 1 },
    { type: "run.gated", runId, reason: "nothing new", durationMs: 1 },
    { type: "run.interrupted", runId, reason: "crash" },
    { type: "run.answered-late", runId, outcome: "succeeded" },
  ]),
})

const ofDelivery = ({ random, text, jobId, runId }: Scene): Placed => {
  const delivery = { jobId, deliveryId: `${runId}/delivery`, ...chat, attempt: 1 }
  const fact = random.pick<Fact>([
    { type: "run.spawned", jobId, pid: 1 + random.below(9_000), processStartedAt: noon },
    { type: "delivery.attempted", ...delivery },
    { type: "delivery.succeeded", ...delivery, receipt: null },
    { type: "delivery.failed", ...delivery, error: text },
    { type: "delivery.unknown", ...delivery },
  ])
  return { stream: runStream(runId), fact }
}

const ofSystem = ({ random, known, runId }: Scene): Placed => {
  const positions = [1 + random.below(known.positions || 1), 1 + random.below(known.positions || 1)]
  const fact = random.pick<Fact>([
    { type: "runs.pruned", runIds: [runId, "run_unheard_of"] },
    erased(positions),
    { type: "scheduler.started", bootId: "boot_1", version: "9.9.9", planner: "test" },
  ])
  return { stream: systemStream, fact }
}
