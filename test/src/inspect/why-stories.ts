import type { JobFact } from "../../../events/fact.ts"
import { why, type Why } from "../../../src/inspect/why.ts"
import { recordedAs } from "../../kit/lifetime.ts"
import {
  added,
  day,
  hour,
  minute,
  noon,
  plan,
  rescheduled,
  second,
  started,
  succeeded,
} from "../../kit/samples.ts"

/** What happened when, each line one command's facts. */
export type Story = ReadonlyArray<readonly [at: number, ...facts: ReadonlyArray<JobFact>]>

/** When it is asked, and how wide the time is. */
export interface Question {
  readonly now?: number
  readonly widthMs?: number
}

export const asked = (
  story: Story,
  at: number,
  { now = noon + day, widthMs = 1 }: Question = {},
): Why => {
  const facts = recordedAs(story.map(([at, ...facts]) => ({ at, facts })))
  return why(facts, { at, widthMs }, now)
}

export const begun: Story[number] = [noon - hour, added()]
export const ran: Story[number] = [noon + 5 * second, started({ lateMs: 5 * second })]
export const answered: Story[number] = [noon + minute, succeeded(), rescheduled(plan(noon + hour))]
export const lived: Story = [begun, ran, answered]
export const every2h = { type: "every", everyMs: 2 * hour, anchorAt: noon, tz: "UTC" } as const
export const updated = (at: number, previousDueAt: number, revision = 2): JobFact => ({
  type: "job.updated",
  patch: { schedule: every2h },
  before: { schedule: { ...every2h, everyMs: hour } },
  previousDueAt,
  plan: plan(noon + 2 * hour, { revision, after: at }),
})
