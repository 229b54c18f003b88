import type { Recorded } from "../../events/envelope.ts"
import type { ClockFact, Fact, FactOf, JobFact } from "../../events/fact.ts"
import type { JobId } from "../../events/ids.ts"
import { jobOfStream } from "../../events/stream.ts"
import type { JobState } from "../../machines/state.ts"
import { evolve, initial } from "../../machines/table.ts"
import { makeAccounting, type AccountingProblem } from "../../src/inspect/accounting.ts"
import { makeShadow, type Shadow } from "../../src/inspect/shadow.ts"
import { mustHold, Violation } from "./violation.ts"

/** What the facts seen so far add up to, and what must hold of them. It outlives every process. */
export interface Watch {
  /** Takes the next durable fact; throws when it may not be there. */
  readonly see: (recorded: Recorded) => void
  readonly position: () => number
  readonly facts: () => ReadonlyArray<Recorded>
  readonly state: (jobId: JobId) => JobState
  readonly states: () => ReadonlyMap<JobId, JobState>
  readonly shadow: Shadow
  readonly versionOf: (jobId: JobId) => number
  /** When the last fact of the job was recorded. */
  readonly lastAt: (jobId: JobId) => number
  /** The clock was really set, or the machine slept, whatever was noticed of it. */
  readonly jumped: (deltaMs: number, wallTo: number) => void
  /** Whether everything is paused. */
  readonly isPaused: () => boolean
  readonly openRuns: () => ReadonlyMap<string, OpenRun>
  readonly has: (eventId: string) => boolean
  readonly attemptsOf: (deliveryId: string) => number
  readonly hasStarted: (runId: string) => boolean
  readonly counts: Counts
}

interface OpenRun {
  readonly jobId: JobId
  readonly bootId: string
  readonly deadlineAt: number
}

export interface Counts {
  runs: number
  skips: number
  boots: number
  erasures: number
}

export interface WatchOptions {
  readonly planner: string
  readonly maxConcurrent: number
  readonly note: (line: string) => void
}

export const makeWatch = ({ planner, maxConcurrent, note }: WatchOptions): Watch => {
  const facts: Array<Recorded> = []
  const eventIds = new Set<string>()
  const states = new Map<JobId, JobState>()
  const openRuns = new Map<string, OpenRun>()
  const versions = new Map<JobId, number>()
  const lastAt = new Map<JobId, number>()
  const started = new Set<string>()
  const attempts = new Map<string, number>()
  const shadow = makeShadow()
  const clock = makeClockWatch()
  const checkBoot = makeBootCheck()
  const checkClaim = makeClaimCheck()
  const counts: Counts = { runs: 0, skips: 0, boots: 0, erasures: 0 }
  const accounting = makeAccounting({ planner, found: refuseProblem })

  const see = (recorded: Recorded): void => {
    const { fact, stream, position, eventId } = recorded
    mustHold(position === facts.length + 1, "no gap", () => `${position} follows ${facts.length}`)
    mustHold(!eventIds.has(eventId), "each once", () => `${eventId} is there twice`)
    note(`${position} ${stream} ${fact.type}`)
    facts.push(recorded)
    eventIds.add(eventId)
    checkBoot(recorded)
    checkClaim(recorded)
    if (fact.type === "scheduler.started") counts.boots += 1
    if (isClockFact(fact)) clock.see(fact)
    if (fact.type === "bodies.erased") counts.erasures += 1
    if (fact.type === "delivery.attempted") count(attempts, fact.deliveryId)
    shadow.fold(recorded)
    const jobId = jobOfStream(stream)
    if (jobId !== undefined) seeJob(jobId, recorded as Recorded<JobFact>)
    accounting.take(recorded)
  }

  const seeJob = (jobId: JobId, recorded: Recorded<JobFact>): void => {
    const { fact, at } = recorded
    const before = states.get(jobId) ?? initial
    if (fact.type === "run.started") {
      checkStart(before, fact, at)
      checkMissed(before, fact, clock.upSince())
      counts.runs += 1
      started.add(fact.runId)
      openRuns.set(fact.runId, { jobId, bootId: fact.bootId, deadlineAt: fact.deadlineAt })
      checkSlots(fact.bootId)
    }
    if (fact.type === "occurrences.skipped") counts.skips += fact.count ?? 1_001
    const after = evolve(before, fact)
    if (isEnd(fact)) openRuns.delete(fact.runId)
    mustHold(
      Object.keys(after.context.openRuns).length <= 1,
      "one open run",
      () => `${jobId} has ${Object.keys(after.context.openRuns).join(" and ")}`,
    )
    mustHold(after !== before, "legal facts", () => `${fact.type} in ${before.value} of ${jobId}`)
    states.set(jobId, after)
    versions.set(jobId, recorded.version)
    lastAt.set(jobId, at)
  }

  const checkSlots = (bootId: string): void => {
    const taken = [...openRuns.values()].filter((run) => run.bootId === bootId).length
    mustHold(taken <= maxConcurrent, "slots", () => `${taken} of ${maxConcurrent} are taken`)
  }

  return {
    see,
    position: () => facts.length,
    facts: () => facts,
    state: (jobId) => states.get(jobId) ?? initial,
    states: () => states,
    shadow,
    versionOf: (jobId) => versions.get(jobId) ?? 0,
    lastAt: (jobId) => lastAt.get(jobId) ?? 0,
    isPaused: clock.isPaused,
    jumped: clock.jumped,
    openRuns: () => openRuns,
    has: (eventId) => eventIds.has(eventId),
    attemptsOf: (deliveryId) => attempts.get(deliveryId) ?? 0,
    hasStarted: (runId) => started.has(runId),
    counts,
  }
}

const refuseProblem = ({ severity, kind, jobId, position, message }: AccountingProblem): void => {
  if (severity === "error") {
    throw new Violation("accounting", `${kind} of ${jobId} at ${position}: ${message}`)
  }
}

const count = (counts: Map<string, number>, key: string): void =>
  void counts.set(key, (counts.get(key) ?? 0) + 1)

/** A boot that was followed by another one is dead, and the dead append nothing. */
const makeBootCheck = () => {
  const dead = new Set<string>()
  let boot: string | undefined
  return ({ meta: { instance }, fact, position }: Recorded): void => {
    if (instance !== boot) {
      if (boot !== undefined) dead.add(boot)
      boot = instance
    }
    mustHold(!dead.has(instance), "the dead are silent", () => {
      return `${fact.type} at ${position} is of ${instance}, which is gone`
    })
  }
}

/** No first attempt at the same due time twice, unless the clock went back by more than three hours. */
const makeClaimCheck = () => {
  const claimed = new Set<string>()
  let latestAt = 0
  return ({ fact, at, stream }: Recorded): void => {
    if (at < latestAt - aheadMsMax) {
      claimed.clear()
      latestAt = at
    }
    latestAt = Math.max(latestAt, at)
    if (fact.type !== "run.started" || fact.trigger === "manual" || fact.attempt > 1) return
    const key = `${stream}/${fact.dueAt}`
    mustHold(!claimed.has(key), "claimed once", () => {
      return `${stream} claims ${new Date(fact.dueAt).toISOString()} again`
    })
    claimed.add(key)
  }
}

const aheadMsMax = 3 * 3_600_000

/** What may be a step of the clock, and may be drift. */
const toleranceMs = 1_000

const isClockFact = (fact: Fact): fact is ClockFact => fact.type.startsWith("clock.")

/** Since when the clock has been watched, and whether somebody paused it. */
const makeClockWatch = () => {
  let upSince = 0
  let paused = false
  /** Back, the hours that come again are lived through anew; a second is no step. */
  const jumped = (deltaMs: number, wallTo: number): void => {
    if (deltaMs > toleranceMs) upSince = wallTo
    else if (deltaMs < 0) upSince = Math.min(upSince, wallTo)
  }
  return {
    upSince: () => upSince,
    jumped,
    isPaused: () => paused,
    see: (fact: ClockFact): void => {
      if (fact.type === "clock.started") upSince = fact.wallAt
      if (fact.type === "clock.paused") paused = true
      if (fact.type === "clock.resumed") paused = false
    },
  }
}

/** Nothing starts before its time: neither before its due time nor before it was to wake. */
const checkStart = ({ context }: JobState, fact: FactOf<"run.started">, at: number): void => {
  mustHold(at >= fact.dueAt, "never early", () => `${fact.runId} at ${at}, due ${fact.dueAt}`)
  if (fact.trigger === "manual") return
  if (fact.attempt === 1 && context.backlog.length > 0) return
  const wakeAt = fact.attempt > 1 ? context.retry?.wakeAt : context.plan?.wakeAt
  mustHold(wakeAt !== undefined && at >= wakeAt, "never early", () => {
    return `${fact.runId} at ${at}, to wake ${wakeAt ?? "never"}`
  })
}

/** What should have woken while nobody was there is caught up with, and not merely late. */
const checkMissed = (
  { context }: JobState,
  { trigger, runId }: FactOf<"run.started">,
  upSince: number,
): void => {
  const wakeAt = context.plan?.wakeAt ?? upSince
  const isLate = trigger === "schedule" && context.backlog.length === 0
  mustHold(!isLate || wakeAt >= upSince, "what was missed is caught up", () => {
    return `${runId} was to wake at ${wakeAt}, before ${upSince}`
  })
}

const ends: ReadonlySet<string> = new Set([
  "run.succeeded",
  "run.failed",
  "run.timed-out",
  "run.cancelled",
  "run.gated",
  "run.interrupted",
])

const isEnd = (fact: JobFact): fact is Extract<JobFact, { readonly runId: string }> =>
  ends.has(fact.type)
