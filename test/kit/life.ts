import { Result } from "effect"
import type { JobFact } from "../../events/fact.ts"
import type { DecideContext, JobCommand, RunOutcome } from "../../machines/command.ts"
import { decide } from "../../machines/decide.ts"
import type { PolicyPatch } from "../../machines/policy.ts"
import type { Refusal } from "../../machines/refusal.ts"
import { isWaiting, type JobState } from "../../machines/state.ts"
import { evolve, initial } from "../../machines/table.ts"
import { requestOf } from "../../machines/request.ts"
import { randomFrom } from "./random.ts"
import {
  addJob,
  answered,
  at,
  cancelled,
  clock,
  day,
  disableJob,
  enableJob,
  failedAs,
  hour,
  interruptRun,
  jobId,
  minute,
  noon,
  removeJob,
  runJob,
  second,
  settleRun,
  timedOut,
} from "./samples.ts"

/** One command in the life of a job: when it came, what it met and what it came to. */
export interface Lived {
  readonly now: number
  readonly before: JobState
  readonly command: JobCommand
  readonly facts: ReadonlyArray<JobFact>
  readonly after: JobState
  readonly refusal: Refusal | undefined
}

type Random = ReturnType<typeof randomFrom>

interface World {
  readonly now: number
  readonly upSince: number
  readonly state: JobState
  readonly runsCount: number
  /** What is put right before anything else: a run that was left open, plans of a wrong clock. */
  readonly left?: JobCommand
}

/**
 * The life of one job as chance has it: people change their minds, runs fail and hang, the process
 * dies and comes back, the clock is set back. The same seed lives the same life.
 */
export const live = (seed: number, commandsCount: number): ReadonlyArray<Lived> => {
  const random = randomFrom(seed)
  const lives: Array<Lived> = []
  let world: World = { now: noon, upSince: noon, state: initial, runsCount: 0 }
  while (lives.length < commandsCount && world.state.value !== "removed") {
    world = passing(random, world)
    for (const command of commandsOf(random, world)) {
      const lived = livedThrough(world, command)
      lives.push(lived)
      const { now, upSince, runsCount } = world
      world = { now, upSince, state: lived.after, runsCount: runsCount + 1 }
    }
  }
  return lives
}

const livedThrough = ({ now, upSince, state: before }: World, command: JobCommand): Lived => {
  const decision = decide(before, command, contextOf(command, { now, upSince }))
  const facts = Result.isSuccess(decision) ? decision.success : []
  const refusal = Result.isFailure(decision) ? decision.failure : undefined
  return { now, before, command, facts, refusal, after: facts.reduce(evolve, before) }
}

const contextOf = (
  { type }: JobCommand,
  { now, upSince }: Pick<World, "now" | "upSince">,
): DecideContext => at(now, { upSince, ...(isOfClock(type) && { by: clock }) })

const isOfClock = (type: JobCommand["type"]): boolean =>
  type === "start-run" || type === "catch-up-job" || type === "replan-job"

/** Time goes on by a while; now and then the clock is set back, or nobody was there for long. */
const passing = (random: Random, world: World): World => {
  const chance = random.below(100)
  if (chance < 2) return setBack(world, random.below(random.pick([2 * hour, 9 * hour])))
  if (chance < 6) return restarted(world, random.below(3 * day))
  const wait = random.pick([0, second, 20 * second, minute, 10 * minute, hour])
  return { ...world, now: world.now + random.below(wait + 1) }
}

const setBack = (world: World, backMs: number): World => {
  const now = world.now - backMs
  const back = { ...world, now, upSince: Math.min(world.upSince, now) }
  return backMs > 3 * hour && world.state.value !== "absent"
    ? { ...back, left: { type: "replan-job", jobId, reason: "clock-jumped" } }
    : back
}

/** Whoever starts again closes what was left open, before anything else. */
const restarted = (world: World, downMs: number): World => {
  const now = world.now + downMs
  const up = { ...world, now, upSince: now }
  const [openRun] = Object.keys(world.state.context.openRuns)
  if (openRun === undefined) return up
  return { ...up, left: { ...interruptRun, runId: openRun } }
}

const commandsOf = (random: Random, world: World): ReadonlyArray<JobCommand> => {
  const { state, left } = world
  if (left !== undefined) return [left]
  if (state.value === "absent") return [added(random)]
  if (random.below(12) === 0) return [wish(random, world)]
  const [openRun] = Object.keys(state.context.openRuns)
  if (openRun !== undefined) {
    return random.below(3) > 0 ? [settleRun(outcome(random), openRun)] : asked(world)
  }
  // The clock asks whenever it likes: too early is refused, and late is what catch-up is for.
  return isWaiting(state.value) ? asked(world) : [wish(random, world)]
}

/** What the job asks for when the alarm tells it that it is due. */
const asked = ({ state, runsCount, now, upSince }: World): ReadonlyArray<JobCommand> => {
  const request = requestOf(state.context, { at: now, upSince })
  switch (request.type) {
    case "start-run":
      return [{ ...request, runId: `run_${runsCount}` }]
    case "cancel-run":
      return [settleRun({ type: "cancelled", reason: request.reason }, request.runId)]
    case "let-be":
      return []
    default:
      return [request]
  }
}

const added = (random: Random): JobCommand =>
  addJob({
    schedule: schedule(random),
    deleteAfterRun: random.below(10) === 0,
    policy: policy(random),
  })

/** A policy as somebody may ask for it; every second one is as it comes. */
const policy = (random: Random): PolicyPatch =>
  random.below(2) === 0
    ? {}
    : {
        catchUp: random.pick<PolicyPatch["catchUp"] & object>([
          { mode: "none" },
          { mode: "latest", windowMs: hour },
          { mode: "all", countMax: 5 },
          { mode: "all", windowMs: 6 * hour },
        ]),
        overlap: random.pick(["skip", "queue-one", "cancel-previous"]),
        jitterMs: random.pick([0, 0, 900]),
        alert: { after: random.below(3) },
        ...(random.below(4) === 0 && { runsMax: 1 + random.below(20) }),
      }

const schedule = (random: Random) =>
  random.pick([
    { every: "30s" },
    { every: "1m" },
    { every: "1h" },
    { cron: "*/5 * * * *" },
    { cron: "30 2 * * *", tz: "America/New_York" },
    { in: "10m" },
    { in: "2h" },
  ])

const outcome = (random: Random): RunOutcome =>
  random.pick([
    answered,
    answered,
    answered,
    failedAs("retryable"),
    failedAs("retryable"),
    failedAs("fatal"),
    failedAs("quota"),
    timedOut,
    cancelled,
  ])

const wish = (random: Random, { runsCount, state, now }: World): JobCommand => {
  const [openRun = "run_none"] = Object.keys(state.context.openRuns)
  const { revision, plan } = state.context
  return random.pick<JobCommand>([
    { type: "pause-job", jobId },
    { type: "pause-job", jobId, until: now + 1 + random.below(2 * hour) },
    { type: "resume-job", jobId },
    { type: "resume-job", jobId },
    { type: "catch-up-job", jobId, revision, dueAt: plan?.dueAt ?? 0 },
    { type: "replan-job", jobId, reason: random.pick(["clock-jumped", "zone-data"]) },
    { type: "update-job", jobId, policy: policy(random) },
    { type: "update-job", jobId, schedule: schedule(random) },
    { type: "update-job", jobId, name: `name ${random.below(3)}` },
    enableJob,
    enableJob,
    enableJob,
    disableJob,
    { ...runJob, runId: `run_${runsCount}` },
    { ...runJob, runId: `run_${runsCount}` },
    { ...interruptRun, runId: openRun },
    settleRun(answered, "run_long_gone"),
    random.below(4) === 0 ? removeJob : disableJob,
  ])
}
