import type { Result } from "effect"
import type { JobFact } from "../events/fact.ts"
import type { DecideContext, JobCommand } from "./command.ts"
import type { Refusal } from "./refusal.ts"
import type { JobState } from "./state.ts"

/** The facts a command comes to, or why it cannot be. No facts: all is as it was asked for. */
export type Decision = Result.Result<ReadonlyArray<JobFact>, Refusal>

/** What happens when `command` meets `state`. Pure: the same arguments, the same facts. */
export type Decide = (state: JobState, command: JobCommand, context: DecideContext) => Decision
