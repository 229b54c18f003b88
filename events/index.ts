/** The facts, their place in the log and how they are stored, as the library exports them. */
export {
  checkFact,
  decodeFact,
  encodeFact,
  factTypes,
  UnreadableFact,
  type Encoded,
} from "./codec.ts"
export { Actor, Meta, type Recorded } from "./envelope.ts"
export {
  AuditFact,
  ClockFact,
  Fact,
  JobFact,
  RunFact,
  SessionFact,
  SystemFact,
  type FactOf,
  type FactType,
} from "./fact.ts"
export { Chat, DeliveryId, JobId, RunId } from "./ids.ts"
export { DisabledReason, JobDefinition, JobPatch } from "./job.ts"
export { Plan, Revision } from "./plan.ts"
export { Alert, Budget, CatchUp, Policy, Retry } from "./policy.ts"
export { ErrorClass, RunError, SkipReason, Trigger, Usage } from "./run.ts"
export { At, Cron, Every, Schedule } from "./schedule.ts"
export { MessageSource } from "./session.ts"
export {
  auditStream,
  clockStream,
  jobOfStream,
  jobStream,
  runOfStream,
  runStream,
  sessionStream,
  systemStream,
} from "./stream.ts"
export { DurationMs, EpochMs } from "./time.ts"
export { upcasters, type Upcaster, type Upcasters } from "./upcast.ts"
