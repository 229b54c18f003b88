import { Result } from "effect"
import type { JobFact } from "../../events/fact.ts"
import type { EpochMs } from "../../events/time.ts"
import type { AddJob, DecideContext, JobCommand } from "../../machines/command.ts"
import { decide } from "../../machines/decide.ts"
import { requestOf, type JobRequest as Request, type Ring } from "../../machines/request.ts"
import { Refusal } from "../../machines/refusal.ts"
import type { JobState, JobValue } from "../../machines/state.ts"
import { evolve, initial, jobValues, toSnapshot } from "../../machines/table.ts"
import type { Checked, JobRequest } from "./simulate-options.ts"
import { wakeAtOf } from "./simulate-wake-at.ts"

/** A job under way: its state as machines see it, and when it wakes. */
export interface LiveJob {
  readonly index: number
  readonly jobId: string
  state: JobState
  wakeAt: EpochMs | null
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
    const live = "value" in job ? stored(job, index) : added(job, index, { ...world, channels })
    live.wakeAt = wakeAtOf(live.state, world.now)
    const other = seen.get(live.jobId)
    if (other !== undefined) throw twice(live.jobId, index, other)
    seen.set(live.jobId, index)
    return live
  })
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

const stored = (state: JobState, index: number): LiveJob => ({
  index,
  jobId: state.context.jobId,
  state,
  wakeAt: null,
})

interface AddingWorld extends Omit<World, "channels"> {
  readonly channels: ReadonlyArray<string> | undefined
}

const added = (request: JobRequest, index: number, world: AddingWorld): LiveJob => {
  const command = commandOf(request, index)
  const job: LiveJob = { index, jobId: command.jobId, state: initial, wakeAt: null }
  const channels = world.channels ?? [command.channel]
  const by = { kind: "user", id: "simulation" } as const
  const facts = decided(job, command, { ...world, channels, by })
  if (facts instanceof Refusal) throw named(facts, request, index)
  return { ...job, state: facts.reduce(evolve, initial) }
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
