import { Result } from "effect"
import type { Meta } from "../events/envelope.ts"
import type { JobFact } from "../events/fact.ts"
import { jobStream } from "../events/stream.ts"
import type { DecideContext, JobCommand, ScheduleRequest } from "../machines/command.ts"
import { decide } from "../machines/decide.ts"
import type { JobState } from "../machines/state.ts"
import { evolve, initial } from "../machines/table.ts"
import type { Request } from "../src/engine/engine.ts"
import type { Batch } from "../src/log/event-log.ts"
import { planner, version } from "../src/release.ts"

const instance = "boot_0198a0de-0000-7000-8000-000000000000"
const prompt = "Look at the news of the last hour and tell me what matters, in three sentences."
const chat = { channel: "cli_chat", chatId: "default" }

const contextAt = (now: number): DecideContext => ({
  now,
  by: { kind: "user", id: "bench" },
  zone: "UTC",
  zoneFrom: "host",
  planner,
  bootId: instance,
  node: "bench",
  upSince: now,
  channels: ["cli_chat"],
})

/** What a command comes to, decided as the engine decides it. */
export const decided = (
  state: JobState,
  command: JobCommand,
  now: number,
): { readonly facts: ReadonlyArray<JobFact>; readonly state: JobState } => {
  const facts = Result.getOrThrow(decide(state, command, contextAt(now)))
  return { facts, state: facts.reduce(evolve, state) }
}

export const uuidOf = (index: number): string =>
  `0198a0de-0000-7000-8000-${index.toString(16).padStart(12, "0")}`

export const jobIdOf = (index: number): string => `job_${uuidOf(index)}`

const addJob = (index: number, schedule: ScheduleRequest): JobCommand => ({
  type: "add-job",
  jobId: jobIdOf(index),
  owner: chat,
  name: `Job ${index}`,
  prompt,
  schedule,
  ...chat,
})

/** A new job with a schedule, as it is added at `now`. */
export const addedJob = (index: number, schedule: ScheduleRequest, now: number) =>
  decided(initial, addJob(index, schedule), now)

/** The same, asked of an engine. */
export const addRequest = (index: number, schedule: ScheduleRequest): Request<number> => ({
  command: addJob(index, schedule),
  commandId: `add/${index}`,
  by: { kind: "user", id: "bench" },
  body: index,
  answer: () => index,
})

const meta = (commandId: string): Meta => ({
  actor: { kind: "user", id: "bench" },
  command: { id: commandId, name: "seed" },
  correlationId: commandId,
  instance,
  app: version,
})

/** Facts of jobs as one batch: many commands at once, so that seeding does not take an hour. */
export const batchOf = (
  commandId: string,
  at: number,
  facts: ReadonlyArray<{ readonly jobId: string; readonly fact: JobFact }>,
): Batch => ({
  commandId,
  at,
  meta: meta(commandId),
  facts: facts.map(({ jobId, fact }) => ({ stream: jobStream(jobId), fact })),
  expected: [],
})
