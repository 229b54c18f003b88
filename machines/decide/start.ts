import type { FactOf } from "../../events/fact.ts"
import type { RunId } from "../../events/ids.ts"
import type { Plan } from "../../events/plan.ts"
import type { DecideContext } from "../command.ts"
import { fuseMs, minuteOf } from "../fold.ts"
import { Refusal } from "../refusal.ts"
import type { JobContext } from "../state.ts"
import { anyOpenRun, instant } from "./decision.ts"

/** What a run that begins is an attempt at. */
export interface Claim extends Pick<
  FactOf<"run.started">,
  "runId" | "revision" | "dueAt" | "attempt" | "trigger"
> {
  /** What comes next by nature. */
  readonly plan: Plan | null
}

/** The fact that an attempt begins now. */
export const started = (
  claim: Claim,
  { definition }: JobContext,
  { now, node, bootId }: DecideContext,
): FactOf<"run.started"> => {
  const lateMs = Math.max(0, now - claim.dueAt)
  const deadlineAt = now + definition.policy.timeoutMs
  return { type: "run.started", ...claim, lateMs, deadlineAt, node, bootId }
}

/** Why no run of this job can begin now: another one is open, or the fuse has blown. */
export const cannotStart = (context: JobContext, now: number): Refusal | undefined =>
  alreadyRunning(context) ?? blownFuse(context, now)

/** Why nothing starts on its own: somebody paused the job. */
export const isPaused = ({ jobId, paused, pausedUntil }: JobContext): Refusal | undefined => {
  if (!paused) return undefined
  const until = pausedUntil === null ? "somebody resumes it" : instant(pausedUntil)
  return new Refusal({
    code: "not-due",
    message: `Job ${jobId} is paused until ${until}.`,
    received: jobId,
    expected: "a job that is not paused",
    hint: "Resume the job, or run it by hand.",
  })
}

const alreadyRunning = (context: JobContext): Refusal | undefined => {
  const run = anyOpenRun(context)
  return run === undefined ? undefined : isRunning(context.jobId, run.runId, run.startedAt)
}

const isRunning = (jobId: string, runId: RunId, startedAt: number): Refusal =>
  new Refusal({
    code: "already-running",
    message: `Job ${jobId} is already running: run ${runId} since ${instant(startedAt)}.`,
    received: jobId,
    expected: "a job without an open run",
    hint: `Wait for run ${runId}, or cancel it.`,
    matches: [runId],
  })

/** A job of every second is fine, a loop is not. */
const startsCountMax = 60

const blownFuse = ({ jobId, fuse }: JobContext, now: number): Refusal | undefined => {
  if (fuse.minuteAt !== minuteOf(now) || fuse.startsCount < startsCountMax) return undefined
  return new Refusal({
    code: "capacity",
    message: `Job ${jobId} started ${fuse.startsCount} times within this minute.`,
    received: fuse.startsCount,
    expected: `at most ${startsCountMax} starts a minute`,
    hint: `It may start again at ${instant(fuse.minuteAt + fuseMs)}.`,
  })
}
