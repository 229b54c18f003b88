import type { JobFact } from "../../../events/fact.ts"
import { accountOf } from "../../../src/inspect/accounting.ts"
import { recordedAs } from "../../kit/lifetime.ts"
import {
  added,
  failed,
  hour,
  minute,
  noon,
  plan,
  planner,
  rescheduled,
  retryPlanned,
  second,
  skipped,
  started,
  succeeded,
} from "../../kit/samples.ts"

/** What happened when, each line one command's facts; the parts most of the tests begin with. */
export type Story = ReadonlyArray<readonly [at: number, ...facts: ReadonlyArray<JobFact>]>

export const recorded = (story: Story) => recordedAs(story.map(([at, ...facts]) => ({ at, facts })))
export const account = (story: Story, by = planner) => accountOf(recorded(story), by)
export const kindsOf = (story: Story) => account(story).problems.map(({ kind }) => kind)

export const begun: Story[number] = [noon - hour, added()]
export const ran: Story[number] = [noon, started()]
export const answered: Story[number] = [noon + minute, succeeded(), rescheduled(plan(noon + hour))]
export const ranAgain: Story[number] = [
  noon + hour,
  started({ runId: "run_2", dueAt: noon + hour, plan: plan(noon + 2 * hour) }),
]
export const enabled = (after: number, revision = 2): JobFact => ({
  type: "job.enabled",
  plan: plan(noon + 3 * hour, { revision, after }),
  previousDueAt: null,
})
export const updated = (to: ReturnType<typeof plan> | null): JobFact => ({
  type: "job.updated",
  patch: { schedule: { type: "every", everyMs: 2 * hour, anchorAt: noon, tz: "UTC" } },
  before: { schedule: { type: "every", everyMs: hour, anchorAt: noon, tz: "UTC" } },
  previousDueAt: noon + hour,
  plan: to,
})
export const missedTwo = skipped([noon, noon + hour, 2], "downtime")
export const caughtUp = started({
  dueAt: noon + 2 * hour,
  trigger: "catch-up",
  plan: plan(noon + 3 * hour),
})

export const late = <Fact extends { readonly dueAt: number }>(fact: Fact): Fact => ({
  ...fact,
  lateMs: noon + 2.5 * hour - fact.dueAt,
})

export const again = started({ runId: "run_2", attempt: 2, trigger: "retry", lateMs: 90 * second })
export const tried = (
  retry: Partial<ReturnType<typeof retryPlanned>> = {},
  start: Partial<typeof again> = {},
): Story => [
  [noon + minute, failed(), retryPlanned(retry)],
  [noon + (start.lateMs ?? again.lateMs), { ...again, ...start }],
]
