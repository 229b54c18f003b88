/**
 * For the tests of programs that use Horolog: `simulate` lives through weeks of jobs in milliseconds,
 * with the real machines and a stub for the agent.
 */
export {
  simulate,
  type ChangedTimes,
  type Collision,
  type Fault,
  type JobRequest,
  type JobSummary,
  type Peak,
  type Simulated,
  type SimulatedAgent,
  type SimulatedAnswer,
  type SimulatedOutcome,
  type SimulatedRequest,
  type SimulatedRun,
  type SimulateOptions,
  type SkippedSpan,
} from "./inspect/simulate.ts"
