import { Schema } from "effect"
import { EpochMs } from "./time.ts"

/** The job's current way of planning; a change of schedule, an enable or a replan raises it. */
export const Revision = Schema.Int
export type Revision = typeof Revision.Type

/**
 * The next occurrence of a job. `dueAt` is its identity and never moves: the first occurrence
 * strictly after `after`. `wakeAt` (never before `dueAt`) is when to start it. `planner` names the
 * versions of croner and the zone data that computed it.
 */
export const Plan = Schema.Struct({
  revision: Revision,
  after: EpochMs,
  dueAt: EpochMs,
  wakeAt: EpochMs,
  planner: Schema.String,
})
export type Plan = typeof Plan.Type
