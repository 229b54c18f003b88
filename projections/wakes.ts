import type { Backlog } from "../events/backlog.ts"
import type { Plan } from "../events/plan.ts"
import type { Policy } from "../events/policy.ts"
import type { FactOf } from "../events/fact.ts"
import type { EpochMs } from "../events/time.ts"
import type { ScheduledJobRow } from "./scheduled-job-row.ts"

type Wakes = Pick<ScheduledJobRow, "next_run_at" | "wake_at" | "wake_due_at" | "wake_attempt">

/** What a job waits for, once a fact of `at` is folded: what comes next, and what wakes it. */
export const wakesOf = (row: ScheduledJobRow, at: EpochMs): Wakes => {
  const plan = row.plan === null ? null : (JSON.parse(row.plan) as Plan)
  const retry = row.retry === null ? null : (JSON.parse(row.retry) as Retry)
  const isIdle = row.open_run_id !== null || row.enabled === 0
  const next_run_at = plan?.dueAt ?? (isIdle ? null : (retry?.dueAt ?? null))
  return { next_run_at, ...wakeOf(row, { plan, retry, at }) }
}

/** The occurrences that wait, as the row holds them. */
export const backlogOf = ({ backlog }: ScheduledJobRow): ReadonlyArray<Backlog> =>
  backlog === null ? [] : (JSON.parse(backlog) as ReadonlyArray<Backlog>)

export const backlogJson = (backlog: ReadonlyArray<Backlog>): string | null =>
  backlog.length === 0 ? null : JSON.stringify(backlog)

type Retry = Omit<FactOf<"retry.planned">, "type">

interface Waiting {
  readonly plan: Plan | null
  readonly retry: Retry | null
  readonly at: EpochMs
}

const asleep = { wake_at: null, wake_due_at: null, wake_attempt: null } as const

const wakeOf = (row: ScheduledJobRow, waiting: Waiting): Omit<Wakes, "next_run_at"> => {
  const { plan, retry } = waiting
  if (row.open_run_id !== null) return yields(row) ? forPlan(plan) : asleep
  if (row.enabled === 0) return asleep
  if (row.paused === 1) return { ...asleep, wake_at: row.paused_until }
  if (retry !== null) {
    return { wake_at: retry.wakeAt, wake_due_at: retry.dueAt, wake_attempt: retry.attempt }
  }
  return row.backlog === null ? forPlan(plan) : forBacklog(row, waiting)
}

const forPlan = (plan: Plan | null): Omit<Wakes, "next_run_at"> =>
  plan === null ? asleep : { wake_at: plan.wakeAt, wake_due_at: plan.dueAt, wake_attempt: 1 }

/**
 * What was queued is due already. It wakes from now on, not from when it was due, so that jobs with
 * much to catch up with take turns with all others; where a quota holds the plan back, with the plan.
 */
const forBacklog = (row: ScheduledJobRow, { plan, at }: Waiting): Omit<Wakes, "next_run_at"> => {
  const { jitterMs } = policyOf(row)
  const isHeld = plan !== null && plan.wakeAt > plan.dueAt + jitterMs
  const [first] = backlogOf(row)
  // Set back, the clock may show less than when these were due.
  const dueAt = Math.max(at, first?.to ?? at)
  return { ...asleep, wake_at: isHeld ? Math.max(dueAt, plan.wakeAt) : dueAt }
}

/** Whether the open run is ended when the next occurrence is due. */
const yields = (row: ScheduledJobRow): boolean =>
  row.asked === null &&
  row.enabled === 1 &&
  row.open_run_trigger !== "manual" &&
  row.backlog === null &&
  policyOf(row).overlap === "cancel-previous"

const policyOf = ({ policy }: ScheduledJobRow): Policy => JSON.parse(policy) as Policy
