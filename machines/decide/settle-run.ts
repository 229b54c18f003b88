import type { JobFact } from "../../events/fact.ts"
import type { Retry } from "../../events/policy.ts"
import type { EpochMs } from "../../events/time.ts"
import type { DecideContext, RunOutcome, SettleRun } from "../command.ts"
import { durationWords } from "../duration.ts"
import type { JobContext, JobState, OpenRun } from "../state.ts"
import { evolve } from "../table.ts"
import { openRunOf, records, type Decision } from "./decision.ts"
import { blank } from "./definition.ts"
import { settlement } from "./settlement.ts"

/** An attempt has ended: its outcome, and with it what becomes of the job. */
export const settleRun = (
  state: JobState,
  { runId, outcome }: SettleRun,
  asked: DecideContext,
): Decision => {
  const run = openRunOf(state.context, runId)
  if (run === undefined) {
    return records({ type: "run.answered-late", runId, outcome: outcome.type })
  }
  const fact = outcomeFact(run, outcome, { state, now: asked.now })
  const retryAt = retryAtOf(outcome, run, { state, now: asked.now })
  const quotaUntil = quotaUntilOf(outcome, asked.now)
  const settled = {
    run,
    state: evolve(state, fact),
    how: outcome.type,
    retryAt,
    ...(quotaUntil !== undefined && { quotaUntil }),
    ...troubleOf(outcome, state.context),
  }
  return records(fact, ...settlement(settled, asked))
}

const troubleOf = (outcome: RunOutcome, { definition }: JobContext): { trouble?: string } => {
  if (outcome.type === "failed") return { trouble: outcome.error.message }
  const { timeoutMs } = definition.policy
  return outcome.type === "timed-out"
    ? { trouble: `it took longer than ${durationWords(timeoutMs)}` }
    : {}
}

interface Moment {
  readonly state: JobState
  readonly now: EpochMs
}

const outcomeFact = (run: OpenRun, outcome: RunOutcome, { state, now }: Moment): JobFact => {
  const { runId } = run
  const durationMs = Math.max(0, now - run.startedAt)
  switch (outcome.type) {
    case "succeeded":
      return succeeded(run, outcome, { context: state.context, durationMs })
    case "failed":
      return { type: "run.failed", runId, error: outcome.error, durationMs }
    case "timed-out":
      return { type: "run.timed-out", runId, durationMs }
    case "cancelled":
      return { type: "run.cancelled", runId, reason: outcome.reason, durationMs }
  }
}

const succeeded = (
  { runId }: OpenRun,
  { text, usage }: Extract<RunOutcome, { readonly type: "succeeded" }>,
  { context, durationMs }: { readonly context: JobContext; readonly durationMs: number },
): JobFact => {
  const { channel, chatId } = context.definition
  return {
    type: "run.succeeded",
    runId,
    output: text,
    outputLength: codePointsCount(text),
    durationMs,
    usage: usage ?? null,
    deliverTo: blank(text) ? null : { channel, chatId },
  }
}

/** Counted without a copy: an answer may be long. */
const codePointsCount = (text: string): number => {
  let count = 0
  for (const _ of text) count += 1
  return count
}

/** When trying again can help: when the provider says, else on the ladder. */
const retryAtOf = (
  outcome: RunOutcome,
  { attempt }: OpenRun,
  { state, now }: Moment,
): EpochMs | undefined => {
  const onLadder = now + delayMs(state.context.definition.policy.retry, attempt)
  if (outcome.type === "timed-out") return onLadder
  if (outcome.type !== "failed") return undefined
  const canHelp = outcome.error.class === "retryable" || outcome.error.class === "quota"
  return canHelp ? Math.max(now, soonEnough(outcome.retryAt, now) ?? onLadder) : undefined
}

/** Until when the provider refuses whatever is asked; nothing of the job starts before that. */
const quotaUntilOf = (outcome: RunOutcome, now: EpochMs): EpochMs | undefined =>
  outcome.type === "failed" && outcome.error.class === "quota"
    ? soonEnough(outcome.retryAt, now)
    : undefined

/** No quota takes longer to come back than this; a later time is a slip of units. */
const retryAfterMsMax = 31 * 86_400_000

const soonEnough = (retryAt: EpochMs | undefined, now: EpochMs): EpochMs | undefined =>
  retryAt === undefined ? undefined : Math.min(retryAt, now + retryAfterMsMax)

const delayMs = ({ delaysMs }: typeof Retry.Type, attempt: number): number =>
  delaysMs[attempt - 1] ?? delaysMs.at(-1) ?? 0
