import { Context, Effect, Layer } from "effect"
import type { JobAdded } from "../../events/job.ts"
import type { Chat, JobId } from "../../events/ids.ts"
import type { Refusal } from "../../machines/refusal.ts"
import type { JobRunRow } from "../../projections/job-runs.ts"
import type { ScheduledJobRow } from "../../projections/scheduled-jobs.ts"
import { EventLog, type LogFailed } from "../log/event-log.ts"
import { addedFact, listFacts, type FactFilter, type FactPage } from "./fact-queries.ts"
import {
  findJob,
  findJobByKey,
  findJobsNamed,
  listJobs,
  type JobFilter,
  type JobPage,
} from "./job-queries.ts"
import { findRun, listRuns, type RunFilter, type RunPage } from "./run-queries.ts"

/**
 * Questions, asked of the tables. Asking changes nothing, and an answer is given only once all it was
 * seen in is durable: what somebody was told cannot be lost afterwards.
 */
export class Views extends Context.Service<
  Views,
  {
    readonly jobs: (filter: JobFilter) => Effect.Effect<JobPage, Refusal | LogFailed>
    /** By id, by a name that one job has, or by the start of an id; `owner` limits to one chat. */
    readonly job: (ref: string, owner?: Chat) => Effect.Effect<ScheduledJobRow, Refusal | LogFailed>
    readonly jobByKey: (key: string) => Effect.Effect<ScheduledJobRow | undefined, LogFailed>
    readonly jobsNamed: (
      name: string,
      owner: Chat,
    ) => Effect.Effect<ReadonlyArray<JobId>, LogFailed>
    /** How a job began, also one that is gone. */
    readonly added: (jobId: JobId) => Effect.Effect<typeof JobAdded.Type | undefined, LogFailed>
    /** By id, or by the start of it. */
    readonly run: (ref: string) => Effect.Effect<JobRunRow, Refusal | LogFailed>
    readonly runs: (filter: RunFilter) => Effect.Effect<RunPage, Refusal | LogFailed>
    readonly facts: (filter: FactFilter) => Effect.Effect<FactPage, LogFailed>
    /** Whether a command of that id was answered before. */
    readonly answered: (commandId: string) => Effect.Effect<boolean, LogFailed>
  }
>()("horolog/views/Views") {
  static readonly layer = Layer.effect(
    Views,
    Effect.gen(function* () {
      const log = yield* EventLog
      const seen = durably(log)
      return Views.of({
        jobs: (filter) => seen(listJobs(log.query, filter)),
        job: (ref, owner) => seen(findJob(log.query, ref, owner)),
        jobByKey: (key) => seen(findJobByKey(log.query, key)),
        jobsNamed: (name, owner) => seen(findJobsNamed(log.query, name, owner)),
        added: (jobId) => seen(addedFact(log, jobId)),
        run: (ref) => seen(findRun(log.query, ref)),
        runs: (filter) => seen(listRuns(log.query, filter)),
        facts: (filter) => seen(listFacts(log, filter)),
        answered: (commandId) => seen(Effect.map(log.answer(commandId), (it) => it !== undefined)),
      })
    }),
  )
}

/** Holds an answer, a refusal too, back until what it was seen in is on the disk. */
const durably =
  (log: EventLog["Service"]) =>
  <A, E>(question: Effect.Effect<A, E>): Effect.Effect<A, E | LogFailed> =>
    Effect.flatMap(Effect.result(question), (answer) =>
      Effect.andThen(log.durable, Effect.fromResult(answer)),
    )
