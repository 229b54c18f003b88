import { Result } from "effect"
import type { JobFact } from "../../events/fact.ts"
import { jobStream } from "../../events/stream.ts"
import type { EpochMs } from "../../events/time.ts"
import type { AddJob, DecideContext, JobCommand } from "../../machines/command.ts"
import { decide } from "../../machines/decide.ts"
import { requestOf, type JobRequest as Request, type Ring } from "../../machines/request.ts"
import { Refusal } from "../../machines/refusal.ts"
import type { JobState, JobValue } from "../../machines/state.ts"
import { evolve, initial, jobValues, toSnapshot } from "../../machines/table.ts"
import { project } from "../../projections/projection.ts"
import { scheduledJobs, type ScheduledJobRow } from "../../projections/scheduled-jobs.ts"
import type { Checked, JobRequest, StoredJob } from "./simulate-options.ts"

/** A job under way: its state as machines see it, and its row, which says when it wakes. */
export interface LiveJob {
  readonly index: number
  readonly jobId: string
  state: JobState
  row: ScheduledJobRow | undefined
}

/** What a decision depends on beside state, command and actor; the clock gives `now` and `upSince`. */
export type World = Omit<DecideContext, "by">

/** The jobs as they are at the beginning; throws a Refusal that names the one that cannot be. */
export const jobsAtBeginning = (
  { jobs, channels }: Checked,
  world: World,
): ReadonlyArray<LiveJob> => {
  const seen = new Map<string, number>()
  return jobs.map((job, index) => {
    const live = "state" in job ? stored(job, index) : added(job, index, { ...world, channels })
    const other = seen.get(live.jobId)
    if (other !== undefined) throw twice(live.jobId, index, other)
    seen.set(live.jobId, index)
    return live
  })
}

/** Takes a fact into state and row. */
export const follow = (job: LiveJob, fact: JobFact, at: EpochMs): void => {
  job.state = evolve(job.state, fact)
  const version = (job.row?.version ?? 0) + 1
  const folded = { position: version, stream: jobStream(job.jobId), version, at, fact }
  job.row = project(scheduledJobs, job.row, folded)
}

/** What a command comes to, and it is taken in at once; a Refusal when it cannot be. */
export const decided = (
  job: LiveJob,
  command: JobCommand,
  context: DecideContext,
): ReadonlyArray<JobFact> | Refusal => Result.merge(decide(job.state, command, context))

/** What the machine of a job that is due asks for; undefined where it has no ear for that. */
export const askedBy = ({ state }: LiveJob, ring: Ring): Request | undefined =>
  hearsDue.has(state.value) ? requestOf(state.context, ring) : undefined

/** The states in which the machine answers `due`: read off the drawing, once. */
const hearsDue: ReadonlySet<JobValue> = new Set(
  jobValues.filter((value) => toSnapshot({ value, context: initial.context }).can({ type: "due" })),
)

const stored = ({ state, row }: StoredJob, index: number): LiveJob => ({
  index,
  jobId: row.id,
  state,
  row,
})

interface AddingWorld extends Omit<World, "channels"> {
  readonly channels: ReadonlyArray<string> | undefined
}

const added = (request: JobRequest, index: number, world: AddingWorld): LiveJob => {
  const command = commandOf(request, index)
  const job: LiveJob = { index, jobId: command.jobId, state: initial, row: undefined }
  const channels = world.channels ?? [command.channel]
  const by = { kind: "user", id: "simulation" } as const
  const facts = decided(job, command, { ...world, channels, by })
  if (facts instanceof Refusal) throw named(facts, request, index)
  for (const fact of facts) follow(job, fact, world.now)
  return job
}

const commandOf = (request: JobRequest, index: number): AddJob => {
  const chat = { channel: request.channel ?? "cli_chat", chatId: request.chatId ?? "default" }
  return {
    jobId: request.key ?? `job_${index + 1}`,
    prompt: request.name ?? "Simulated.",
    ...request,
    ...chat,
    owner: chat,
    type: "add-job",
  }
}

/** Which of the jobs it is that cannot be. */
const named = (refusal: Refusal, { name, prompt }: JobRequest, index: number): Refusal => {
  const label = name ?? prompt?.slice(0, 50)
  const entry = label === undefined ? `Job ${index + 1}` : `Job ${index + 1} (${label})`
  const { code, message, received, expected, hint } = refusal
  return new Refusal({
    code,
    message: `${entry}: ${message}`,
    ...(received !== undefined && { received }),
    ...(expected !== undefined && { expected }),
    ...(hint !== undefined && { hint }),
  })
}

const twice = (jobId: string, index: number, other: number): Refusal =>
  new Refusal({
    code: "exists",
    message: `Jobs ${other + 1} and ${index + 1} have the same id, ${jobId}.`,
    received: jobId,
    expected: "an id, or a key, for each job",
    hint: "Leave jobId out to get one.",
  })
