import { Result } from "effect"
import { getShortestPaths } from "xstate/graph"
import type { JobFact } from "../../events/fact.ts"
import type { JobCommand } from "../../machines/command.ts"
import { decide } from "../../machines/decide.ts"
import { jobMachine } from "../../machines/job.ts"
import type { JobState } from "../../machines/state.ts"
import { evolve, initial } from "../../machines/table.ts"
import {
  added,
  addJob,
  answered,
  at,
  cancelled,
  chat,
  day,
  disabled,
  disableJob,
  enableJob,
  failed,
  failedAs,
  hour,
  interruptRun,
  jobId,
  minute,
  noon,
  plan,
  removed,
  removeJob,
  rescheduled,
  retryPlanned,
  runId,
  runJob,
  settleRun,
  skipped,
  started,
  startRun,
  succeeded,
  timedOut,
} from "./samples.ts"

/** One fact of every type, for walks over the drawing. */
export const sampleFacts: {
  readonly [Type in JobFact["type"]]: Extract<JobFact, { readonly type: Type }>
} = {
  "job.added": added(),
  "job.updated": {
    type: "job.updated",
    patch: { name: "evening" },
    before: { name: "digest" },
    previousDueAt: noon,
    plan: null,
  },
  "job.rescheduled": rescheduled(plan(noon + hour)),
  "job.replanned": {
    type: "job.replanned",
    plan: plan(noon + 2 * hour, { revision: 2 }),
    previousDueAt: noon,
    reason: "zone-data",
  },
  "retry.planned": retryPlanned(),
  "job.enabled": {
    type: "job.enabled",
    plan: plan(noon + hour, { revision: 2 }),
    previousDueAt: null,
  },
  "job.disabled": disabled("manual", noon),
  "job.paused": { type: "job.paused", until: null },
  "job.resumed": { type: "job.resumed", plan: plan(noon + hour) },
  "job.disable-requested": { type: "job.disable-requested" },
  "job.removal-requested": { type: "job.removal-requested" },
  "job.removed": removed("manual", noon),
  "run.started": started(),
  "run.succeeded": succeeded(),
  "run.failed": failed(),
  "run.timed-out": { type: "run.timed-out", runId, durationMs: 10 * minute },
  "run.cancelled": { type: "run.cancelled", runId, reason: "enough", durationMs: minute },
  "run.gated": { type: "run.gated", runId, reason: "nothing new", durationMs: 5 },
  "run.interrupted": { type: "run.interrupted", runId, reason: "crash" },
  "run.answered-late": { type: "run.answered-late", runId, outcome: "succeeded" },
  "occurrences.queued": {
    type: "occurrences.queued",
    revision: 1,
    from: noon,
    to: noon,
    count: 1,
    cause: "overlap",
  },
  "occurrences.skipped": skipped([noon, noon, 1], "downtime"),
  "alert.raised": { type: "alert.raised", cause: "failures", failuresInRow: 2 },
  "alert.cleared": { type: "alert.cleared", cause: "failures", failuresInRow: 0 },
}

/** Every command, in the shapes that are decided differently. */
export const sampleCommands: ReadonlyArray<JobCommand> = [
  addJob(),
  { type: "update-job", jobId, name: "evening" },
  { type: "update-job", jobId, schedule: { every: "2h" } },
  enableJob,
  disableJob,
  removeJob,
  startRun(noon),
  startRun(noon + hour),
  startRun(noon, { attempt: 2, runId: "run_2" }),
  runJob,
  settleRun(answered),
  settleRun({ type: "succeeded", text: "" }),
  settleRun(failedAs("retryable")),
  settleRun(failedAs("fatal")),
  settleRun(timedOut),
  settleRun(cancelled),
  settleRun(answered, "run_unknown"),
  interruptRun,
]

/** When commands come: on time, before, after a while, and after days. */
export const sampleTimes: ReadonlyArray<number> = [noon - minute, noon, noon + hour, noon + 3 * day]

/** The shortest history to each state of the drawing, folded again from its facts. */
export const shortestHistories = (): ReadonlyArray<{
  readonly state: JobState
  readonly facts: ReadonlyArray<JobFact>
}> =>
  getShortestPaths(jobMachine, {
    events: Object.values(sampleFacts),
    // Without this the whole context is in the key, and there is no end of states.
    serializeState: ({ value }) => JSON.stringify(value),
  }).map(({ steps }) => {
    const facts = steps
      .map(({ event }) => event)
      .filter(isJobFact)
      .flatMap(settledFirst)
    return { facts, state: facts.reduce(evolve, initial) }
  })

/** No decision leaves a run behind: before a job leaves `running`, its run has an outcome. */
const settledFirst = (
  fact: JobFact,
  index: number,
  facts: ReadonlyArray<JobFact>,
): ReadonlyArray<JobFact> => {
  const before = facts.slice(0, index).reduce(evolve, initial)
  const leaves = isRunning(before) && !isRunning(evolve(before, fact))
  return leaves ? [sampleFacts["run.succeeded"], fact] : [fact]
}

const isRunning = ({ value }: JobState): boolean => value.startsWith("running")

/** A history, a command that met its end, and the facts it came to (none when it was refused). */
export interface Walk {
  readonly history: ReadonlyArray<JobFact>
  readonly before: JobState
  readonly command: JobCommand
  readonly now: number
  readonly facts: ReadonlyArray<JobFact>
}

/** Every shortest history, with every command at every time: what each of them leads to. */
export const decidedWalks = (): ReadonlyArray<Walk> =>
  shortestHistories().flatMap(({ facts: history, state: before }) =>
    sampleCommands.flatMap((command) =>
      sampleTimes.map((now) => {
        const decision = decide(
          before,
          command,
          at(now, { upSince: noon - day, by: byOf(command) }),
        )
        const facts = Result.isSuccess(decision) ? decision.success : []
        return { history, before, command, now, facts }
      }),
    ),
  )

const byOf = ({ type }: JobCommand) =>
  ({ kind: type === "start-run" ? "clock" : "agent", id: "walk", ...chat }) as const

const isJobFact = (event: { readonly type: string }): event is JobFact => event.type in sampleFacts
