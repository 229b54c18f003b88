import { Result } from "effect"
import type { JobFact } from "../../events/fact.ts"
import type { RunId } from "../../events/ids.ts"
import { Refusal } from "../refusal.ts"
import type { JobContext, OpenRun } from "../state.ts"

/** The facts a command comes to, or why it cannot be. No facts: all is as it was asked for. */
export type Decision = Result.Result<ReadonlyArray<JobFact>, Refusal>

/** The command comes to these facts, in this order. */
export const records = (...facts: ReadonlyArray<JobFact>): Decision => Result.succeed(facts)

/** All is as it was asked for. */
export const nothing: Decision = Result.succeed([])

/** The command cannot be. */
export const refuse = (refusal: ConstructorParameters<typeof Refusal>[0]): Decision =>
  Result.fail(new Refusal(refusal))

/** The run with this id, if it is still open. */
export const openRunOf = ({ openRuns }: JobContext, runId: RunId): OpenRun | undefined =>
  Object.hasOwn(openRuns, runId) ? openRuns[runId] : undefined

/** Any run that is open now. */
export const anyOpenRun = ({ openRuns }: JobContext): OpenRun | undefined =>
  Object.values(openRuns)[0]

/** An instant as people and models read it. */
export const instant = (at: number): string =>
  Math.abs(at) <= instantMax ? new Date(at).toISOString() : `${at}`

/** The furthest instant a date can hold. */
const instantMax = 8_640_000_000_000_000
