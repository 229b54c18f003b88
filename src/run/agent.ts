import { Context, Schema, type Effect } from "effect"
import type { JobId, RunId } from "../../events/ids.ts"
import { ErrorClass, type Trigger, type Usage } from "../../events/run.ts"
import type { RunOutcome } from "../../machines/command.ts"
import { EpochMs } from "../../events/time.ts"

/** What an agent is asked. */
export interface AgentRequest {
  readonly jobId: JobId
  readonly jobName: string
  readonly runId: RunId
  readonly prompt: string
  readonly model: string | null
  readonly channel: string
  readonly chatId: string
  readonly dueAt: EpochMs
  readonly attempt: number
  readonly trigger: Trigger
  readonly deadlineAt: EpochMs
}

export interface AgentAnswer {
  readonly text: string
  readonly usage?: Usage
}

/** A process an agent started for a run. `startedAt` tells it from a later one with the same pid. */
export interface AgentProcess {
  readonly pid: number
  readonly startedAt: EpochMs | null
}

/** The agent could not answer; `class` says whether trying again can help. */
export class AgentFailed extends Schema.TaggedError<AgentFailed>()("AgentFailed", {
  name: Schema.NonEmptyString,
  message: Schema.String,
  class: ErrorClass,
  retryAt: Schema.optionalKey(EpochMs),
}) {}

/**
 * Whoever answers prompts. It never dispatches: it returns an outcome and the engine records it.
 * Interrupting `run` ends all that it started before the interruption is done. The engine keeps the
 * deadline; an agent need not.
 */
export interface Agent {
  readonly name: string
  readonly run: (
    request: AgentRequest,
    hooks: AgentHooks,
  ) => Effect.Effect<AgentAnswer, AgentFailed>
  /**
   * Ends what is left of a run of a former boot: of its process, or of whatever carries the run's
   * name when no process was recorded. True when there was something to end.
   */
  readonly reap: (process: AgentProcess | null, runId: RunId) => Effect.Effect<boolean>
}

export interface AgentHooks {
  /** Called once for the process that was started, before anything is written to it. */
  readonly spawned: (process: AgentProcess) => Effect.Effect<void>
  /** For an agent that could not be stopped: it came to an end after `run` was interrupted. */
  readonly answeredLate: (outcome: RunOutcome) => Effect.Effect<void>
}

/** The agents of this process: a job may name one, or gets the default. */
export class Agents extends Context.Service<
  Agents,
  {
    readonly names: ReadonlyArray<string>
    readonly pick: (name: string | undefined) => Agent | undefined
  }
>()("horolog/run/Agents") {}
