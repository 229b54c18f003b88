import { Result } from "effect"
import type { DecideContext, RunJob } from "../command.ts"
import type { JobState } from "../state.ts"
import { records, type Decision } from "./decision.ts"
import { cannotStart, started } from "./start.ts"

/** Somebody wants it now. It claims no occurrence, and the plan stands. */
export const runJob = (
  { context }: JobState,
  { runId }: RunJob,
  asked: DecideContext,
): Decision => {
  const refusal = cannotStart(context, asked.now)
  if (refusal !== undefined) return Result.fail(refusal)
  const { revision, plan } = context
  const claim = { runId, revision, dueAt: asked.now, attempt: 1, trigger: "manual", plan } as const
  return records(started(claim, context, asked))
}
