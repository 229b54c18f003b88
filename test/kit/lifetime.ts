import { Result } from "effect"
import type { Recorded } from "../../events/envelope.ts"
import type { JobFact } from "../../events/fact.ts"
import type { Policy } from "../../events/policy.ts"
import { jobStream } from "../../events/stream.ts"
import type { JobCommand, RunOutcome, ScheduleRequest } from "../../machines/command.ts"
import { decide } from "../../machines/decide.ts"
import { startRequest } from "../../machines/job.ts"
import { isWaiting, type JobState } from "../../machines/state.ts"
import { evolve, initial } from "../../machines/table.ts"
import { randomFrom } from "./random.ts"
import { addJob, at, clock, day, hour, jobId, minute, noon, person, second } from "./samples.ts"

/** Facts as a log would hold them, each list one command's. */
export const recordedAs = (
  batches: ReadonlyArray<{ readonly at: number; readonly facts: ReadonlyArray<JobFact> }>,
  id = jobId,
): ReadonlyArray<Recorded<JobFact>> => {
  let position = 0
  return batches.flatMap(({ at, facts }, batch) =>
    facts.map((fact, index) => {
      position += 1
      return {
        position,
        stream: jobStream(id),
        version: position,
        eventId: `command-${batch}/${index}`,
        at,
        fact,
        meta: {
          actor: person,
          command: { id: `command-${batch}`, name: "test" },
          correlationId: `command-${batch}`,
          instance: "boot_1",
          app: "0.0.0-test",
        },
      }
    }),
  )
}

const schedules: readonly [ScheduleRequest, ...ReadonlyArray<ScheduleRequest>] = [
  { every: "10m" },
  { every: "1h" },
  { every: "7s" },
  { cron: "*/30 * * * *", tz: "America/New_York" },
  { cron: "30 2 * * *", tz: "America/New_York" },
  { cron: "0 9 * * 1-5", tz: "Europe/Vienna" },
  { in: "20m" },
  { in: "2d" },
]

const outcomes: readonly [RunOutcome, ...ReadonlyArray<RunOutcome>] = [
  { type: "succeeded", text: "done" },
  { type: "succeeded", text: "" },
  { type: "failed", error: { name: "Busy", message: "try again", class: "retryable" } },
  { type: "failed", error: { name: "Broken", message: "no", class: "fatal" } },
  { type: "timed-out" },
  { type: "cancelled", reason: "enough" },
]

/** The life of one job by the real decisions, at random times on a clock that also steps. */
export const lifetime = (seed: number, stepsCount: number, policy: Partial<Policy> = {}) => {
  const { below, pick, next } = randomFrom(seed)
  const batches: Array<{ at: number; facts: ReadonlyArray<JobFact> }> = []
  let state: JobState = initial
  let now = noon - below(300) * day
  let upSince = now
  let runsCount = 0

  const give = (command: JobCommand): void => {
    const by = command.type === "start-run" || command.type === "replan-job" ? clock : person
    const decision = decide(state, command, at(now, { by, upSince }))
    if (Result.isFailure(decision)) return
    batches.push({ at: now, facts: decision.success })
    state = decision.success.reduce(evolve, state)
  }
  const open = () => Object.keys(state.context.openRuns)[0]
  const newRun = () => `run_${(runsCount += 1)}`

  const wake = (): void => {
    if (isWaiting(state.value)) give({ ...startRequest(state.context), runId: newRun() })
  }
  const passOver = (): void => {
    const { plan } = state.context
    if (plan === null) return
    give({ type: "catch-up-job", jobId, revision: plan.revision, dueAt: plan.dueAt })
  }
  const settle = (): void => {
    const runId = open()
    if (runId !== undefined) give({ type: "settle-run", jobId, runId, outcome: pick(outcomes) })
  }
  const restart = (): void => {
    now += below(3) === 0 ? below(4 * day) : below(20 * minute)
    upSince = now
    const runId = open()
    if (runId !== undefined) give({ type: "interrupt-run", jobId, runId, reason: "crash" })
  }
  const step = (): void => {
    const byMs = below(2) === 0 ? below(5 * hour) : -below(5 * hour)
    now += byMs
    upSince = byMs > 0 ? now : Math.min(upSince, now)
  }
  const nextTime = (): number => {
    const { plan, retry } = state.context
    return Math.max(now, retry?.wakeAt ?? plan?.wakeAt ?? now)
  }
  const pauses = () => (below(2) === 0 ? {} : { until: now + 1 + below(5 * hour) })
  const moves: readonly [() => void, ...ReadonlyArray<() => void>] = [
    () => (now += below(5) === 0 ? below(2 * day) : below(2 * hour)),
    () => (now += below(30 * second)),
    () => (now = isWaiting(state.value) && below(4) > 0 ? nextTime() : now),
    wake,
    wake,
    wake,
    settle,
    settle,
    settle,
    () => give({ type: "run-job", jobId, runId: newRun() }),
    () => below(3) === 0 && restart(),
    () => below(6) === 0 && step(),
    () => below(3) === 0 && give({ type: "update-job", jobId, schedule: pick(schedules) }),
    () => give({ type: "update-job", jobId, name: `name ${below(3)}` }),
    () => below(3) === 0 && give({ type: "disable-job", jobId }),
    () => give({ type: "enable-job", jobId }),
    () => below(4) === 0 && give({ type: "pause-job", jobId, ...pauses() }),
    // A disabled job fires nothing that could be resumed.
    () => state.value !== "disabled" && give({ type: "resume-job", jobId }),
    passOver,
    () => below(3) === 0 && give({ type: "replan-job", jobId, reason: "clock-jumped" }),
    () => below(200) === 0 && give({ type: "remove-job", jobId }),
  ]

  give(addJob({ schedule: pick(schedules), deleteAfterRun: next() < 0.1 }))
  if (Object.keys(policy).length > 0) withPolicy()
  for (let count = 0; count < stepsCount && state.value !== "removed"; count += 1) pick(moves)()
  return { facts: recordedAs(batches), state, now }

  /** Policies that commands do not take yet are decided about all the same. */
  function withPolicy(): void {
    const [first] = batches
    const [fact] = first?.facts ?? []
    if (first === undefined || fact?.type !== "job.added") return
    const added = { ...fact, policy: { ...fact.policy, ...policy } }
    batches.splice(0, 1, { at: first.at, facts: [added] })
    state = evolve(initial, added)
  }
}
