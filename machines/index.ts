/** The machines, the decisions and the times, as the library exports them: pure, and at home anywhere. */
export type {
  AddJob,
  CatchUpJob,
  DecideContext,
  DisableJob,
  EnableJob,
  InterruptRun,
  JobCommand,
  JobCommandType,
  PauseJob,
  RemoveJob,
  ReplanJob,
  ResumeJob,
  RunJob,
  RunOutcome,
  ScheduleRequest,
  SettleRun,
  StartRun,
  UpdateJob,
} from "./command.ts"
export { catchUpCommandId, startCommandId } from "./command.ts"
export type { ClockContext, ClockReading, JobDue, WokeSignal } from "./clock.ts"
export { clockMachine, jumpOf } from "./clock.ts"
export type { Decide, Decision } from "./decide.ts"
export { allowedCommands, decide } from "./decide.ts"
export type { DueSignal, JobRequest, StartRequest } from "./job.ts"
export { jobMachine } from "./job.ts"
export { nextDue, nextRuns, occurrencesBetween, type Occurrences } from "./next-due.ts"
export { defaultPolicy, PolicyPatch, resolvePolicy } from "./policy.ts"
export { Refusal, RefusalCode } from "./refusal.ts"
export { resolveSchedule } from "./schedule.ts"
export type {
  Backlog,
  JobContext,
  JobState,
  JobStateName,
  JobValue,
  OpenRun,
  PlannedRetry,
} from "./state.ts"
export { isWaiting, stateName } from "./state.ts"
export { evolve, fromSnapshot, initial, legalFacts, toSnapshot, type JobSnapshot } from "./table.ts"
