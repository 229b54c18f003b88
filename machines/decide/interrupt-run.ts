import type { DecideContext, InterruptRun } from "../command.ts"
import type { JobState } from "../state.ts"
import { evolve } from "../table.ts"
import { openRunOf, records, refuse, type Decision } from "./decision.ts"
import { settlement } from "./settlement.ts"

/** Whoever ran it is gone: the run is closed, and tried again at once where the policy says so. */
export const interruptRun = (
  state: JobState,
  { jobId, runId, reason }: InterruptRun,
  asked: DecideContext,
): Decision => {
  const run = openRunOf(state.context, runId)
  if (run === undefined) {
    return refuse({
      code: "not-running",
      message: `Run ${runId} of job ${jobId} is not open.`,
      received: runId,
      expected: "a run that has no outcome yet",
      hint: "Its outcome is recorded already; there is nothing to interrupt.",
    })
  }
  const fact = { type: "run.interrupted", runId, reason } as const
  const { onInterrupt } = state.context.definition.policy
  const retryAt = onInterrupt === "retry" ? asked.now : undefined
  const settled = { run, state: evolve(state, fact), how: "interrupted", retryAt } as const
  return records(fact, ...settlement(settled, asked))
}
