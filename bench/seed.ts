import { spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import type { JobFact } from "../events/fact.ts"
import type { JobState } from "../machines/state.ts"
import { addedJob, batchOf, decided, jobIdOf, uuidOf } from "./facts.ts"
import { expectEqual, isSmall, words } from "./kit.ts"
import { engineNamed, openFolder, type EngineName, type OpenFolder } from "./scheduler.ts"

const batchSize = 500
const dayMs = 86_400_000
const minuteMs = 60_000

/** What a folder is filled with. */
export interface Seed {
  readonly folder: string
  readonly engine: EngineName
  readonly what: "jobs" | "runs"
  readonly count: number
}

/** Fills a folder in a process of its own, so that whoever measures afterwards begins clean. */
export const seedElsewhere = async (seed: Seed): Promise<void> => {
  if (isSmall) return fill(seed)
  const { folder, engine, what, count } = seed
  const args = [fileURLToPath(import.meta.url), what, engine, folder, String(count)]
  const { status } = spawnSync(process.execPath, args, { stdio: ["ignore", "inherit", "inherit"] })
  return expectEqual("the exit code of the seeding", status, 0)
}

const fill = async ({ folder, engine, what, count }: Seed): Promise<void> => {
  const open = await openFolder({ folder, engine })
  await (what === "jobs" ? seedJobs : seedRuns)(open, count)
  await open.close()
}

/** Cron schedules, 1,440 different ones, none of which comes due today or tomorrow. */
export const cronOf = (index: number, now: number): string => {
  const day = new Date(now + (2 + (index % 20)) * dayMs).getUTCDate()
  return `${index % 60} ${Math.floor(index / 60) % 24} ${day} * *`
}

/** So many jobs, each with the schedule of its own that `cronOf` gives it. */
const seedJobs = async (open: OpenFolder, count: number): Promise<void> => {
  const now = Date.now()
  const templates = new Map<number, JobFact>()
  const factOf = (index: number): JobFact => {
    const kind = index % 1_440
    const { facts } = templates.has(kind)
      ? { facts: [templates.get(kind)] }
      : addedJob(index, { cron: cronOf(kind, now), tz: "America/New_York" }, now)
    const [fact] = facts
    if (fact?.type !== "job.added") throw new Error("A job that is added begins with that.")
    templates.set(kind, fact)
    return { ...fact, jobId: jobIdOf(index), name: `Job ${index}` }
  }
  for (let first = 0; first < count; first += batchSize) {
    const length = Math.min(batchSize, count - first)
    const facts = Array.from({ length }, (_, offset) => first + offset)
    const named = facts.map((index) => ({ jobId: jobIdOf(index), fact: factOf(index) }))
    await open.append(batchOf(`seed/${first}`, now, named))
    await open.durable()
  }
}

/** So many facts of a thousand jobs that run every minute: a start, an answer and a plan, again and again. */
const seedRuns = async (open: OpenFolder, count: number): Promise<void> => {
  const jobsCount = 1_000
  let now = Date.now() - 1_000 * dayMs
  const states: Array<JobState> = []
  const added = Array.from({ length: jobsCount }, (_, index) => {
    const { facts, state } = addedJob(index, { every: minuteMs, anchorAt: now }, now)
    states.push(state)
    return facts.map((fact) => ({ jobId: jobIdOf(index), fact }))
  })
  await open.append(batchOf("seed", now, added.flat()))
  for (let factsCount = jobsCount, round = 0; factsCount < count; round += 1) {
    now += minuteMs
    const facts = runOnce(states, { round, now, runsCount: Math.ceil((count - factsCount) / 3) })
    await open.append(batchOf(`seed/${round}`, now, facts))
    await open.durable()
    factsCount += facts.length
  }
}

interface Round {
  readonly round: number
  readonly now: number
  readonly runsCount: number
}

/** Every job runs once, or as many as are asked for. */
const runOnce = (states: Array<JobState>, { round, now, runsCount }: Round) =>
  states.slice(0, runsCount).flatMap((before, index) => {
    const jobId = jobIdOf(index)
    const runId = `run_${uuidOf(round * states.length + index)}`
    const { plan } = before.context
    if (plan === null) throw new Error(`${jobId} has no plan`)
    const { revision, dueAt } = plan
    const start = { type: "start-run", jobId, runId, revision, dueAt, attempt: 1 } as const
    const running = decided(before, start, now)
    const text = "Nothing happened in the last hour that you would want to know about."
    const outcome = { type: "succeeded", text } as const
    const settle = { type: "settle-run", jobId, runId, outcome } as const
    const settled = decided(running.state, settle, now + 3)
    states[index] = settled.state
    return [...running.facts, ...settled.facts].map((fact) => ({ jobId, fact }))
  })

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [what, engine, folder = "", count] = words
  await fill({
    what: what === "jobs" ? "jobs" : "runs",
    engine: engineNamed(engine),
    folder,
    count: Number(count),
  })
}
