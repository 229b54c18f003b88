import { Schema } from "effect"
import * as Delivery from "./delivery.ts"
import * as Job from "./job.ts"
import * as Run from "./run.ts"
import * as Session from "./session.ts"
import * as System from "./system.ts"

/** What the stream of a job holds, and the job machine is drawn over. */
export const JobFact = Schema.Union([
  Job.JobAdded,
  Job.JobUpdated,
  Job.JobRescheduled,
  Job.JobReplanned,
  Job.RetryPlanned,
  Job.JobEnabled,
  Job.JobDisabled,
  Job.JobPaused,
  Job.JobResumed,
  Job.JobDisableRequested,
  Job.JobRemovalRequested,
  Job.JobRemoved,
  Run.RunStarted,
  Run.RunSucceeded,
  Run.RunFailed,
  Run.RunTimedOut,
  Run.RunCancelled,
  Run.RunGated,
  Run.RunInterrupted,
  Run.RunAnsweredLate,
  Run.OccurrencesQueued,
  Run.OccurrencesSkipped,
  System.AlertRaised,
  System.AlertCleared,
])
export type JobFact = typeof JobFact.Type

/** What the stream of a run holds. */
export const RunFact = Schema.Union([
  Delivery.RunSpawned,
  Delivery.DeliveryAttempted,
  Delivery.DeliverySucceeded,
  Delivery.DeliveryFailed,
  Delivery.DeliveryUnknown,
])
export type RunFact = typeof RunFact.Type

export const SessionFact = Schema.Union([
  Session.MessageAdded,
  Session.SessionTitled,
  Session.SessionCompacted,
])
export type SessionFact = typeof SessionFact.Type

/** What the clock stream holds, and the clock machine is drawn over. */
export const ClockFact = Schema.Union([
  System.ClockStarted,
  System.ClockJumped,
  System.ClockPaused,
  System.ClockResumed,
])
export type ClockFact = typeof ClockFact.Type

export const SystemFact = Schema.Union([
  System.SchedulerStarted,
  System.SchedulerStopped,
  System.RunsPruned,
  System.BodiesErased,
])
export type SystemFact = typeof SystemFact.Type

export const AuditFact = Schema.Union([System.CommandRefused])
export type AuditFact = typeof AuditFact.Type

/** Everything that can have happened. `type` is the one discriminator, here and in every machine. */
export const Fact = Schema.Union([
  ...JobFact.members,
  ...RunFact.members,
  ...SessionFact.members,
  ...ClockFact.members,
  ...SystemFact.members,
  ...AuditFact.members,
])
export type Fact = typeof Fact.Type
export type FactType = Fact["type"]
export type FactOf<Type extends FactType> = Extract<Fact, { readonly type: Type }>
