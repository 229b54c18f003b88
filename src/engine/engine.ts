import { Context, type Effect } from "effect"
import type { Actor } from "../../events/envelope.ts"
import type { JobFact } from "../../events/fact.ts"
import type { JobId, RunId } from "../../events/ids.ts"
import type { EpochMs } from "../../events/time.ts"
import type { JobCommand } from "../../machines/command.ts"
import type { Refusal } from "../../machines/refusal.ts"
import type { JobState } from "../../machines/state.ts"
import type { LogFailed } from "../log/event-log.ts"

/** What a command came to. */
export interface Decided {
  readonly jobId: JobId
  readonly now: EpochMs
  /** None: the job was already as the command wanted it. */
  readonly facts: ReadonlyArray<JobFact>
  readonly before: JobState
  readonly after: JobState
}

/** A command on its way in. */
export interface Request<A> {
  readonly command: JobCommand
  /** The same id gets the same answer, also after a restart; under another body it is refused. */
  readonly commandId: string
  readonly by: Actor
  /** What was asked, as JSON: the fingerprint that tells a repetition from a misuse of the id. */
  readonly body: unknown
  /** Makes the answer (plain JSON, kept with the command) from what was decided. Pure. */
  readonly answer: (decided: Decided) => A
  readonly correlationId?: string
}

/** A command to the clock, which concerns every job. */
export interface ClockRequest<A> extends Pick<Request<A>, "commandId" | "by" | "body"> {
  readonly command: { readonly type: "pause-clock" | "resume-clock" }
  /** `changed` is false when it was like that already. */
  readonly answer: (decided: { readonly now: EpochMs; readonly changed: boolean }) => A
}

/** The one way in: command, decide, append. Nothing else writes to a job's stream. */
export class Engine extends Context.Service<
  Engine,
  {
    /** Answers once the facts (or the refusal) are durable. */
    readonly dispatch: <A>(request: Request<A>) => Effect.Effect<A, Refusal | LogFailed>
    /** Pauses or resumes everything; a pause outlives this process. */
    readonly clock: <A>(request: ClockRequest<A>) => Effect.Effect<A, Refusal | LogFailed>
    /** The state of a job as of now; `absent` when there is none. */
    readonly state: (jobId: JobId) => Effect.Effect<JobState, LogFailed>
    /** Ends an open run of this process; answers when its outcome is recorded. */
    readonly cancel: (
      runId: RunId,
      reason: string,
      by?: Actor,
    ) => Effect.Effect<void, Refusal | LogFailed>
    /** Waits until a run is settled, whoever runs it. */
    readonly settled: (runId: RunId) => Effect.Effect<void, LogFailed>
  }
>()("horolog/engine/Engine") {}
