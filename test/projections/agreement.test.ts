import { describe, expect, test } from "vitest"
import type { JobFact } from "../../events/fact.ts"
import { jobStream } from "../../events/stream.ts"
import { isWaiting, stateName, type JobState } from "../../machines/state.ts"
import { evolve, initial } from "../../machines/table.ts"
import { project } from "../../projections/projection.ts"
import { scheduledJobs, type ScheduledJobRow } from "../../projections/scheduled-jobs.ts"
import { live } from "../kit/life.ts"
import { jobId, noon } from "../kit/samples.ts"
import { wakesOf } from "../kit/wakes.ts"
import { decidedWalks } from "../kit/walks.ts"

type Row = ScheduledJobRow | undefined

/** The row after one more fact. */
const next = (row: Row, fact: JobFact, version: number): Row =>
  project(scheduledJobs, row, {
    position: version,
    stream: jobStream(jobId),
    version,
    at: noon + version,
    fact,
  })

/** What a row has to say of a job in this state; undefined: there is no row. */
const expectedOf = (state: JobState): Partial<ScheduledJobRow> | undefined => {
  const { value, context } = state
  if (value === "absent" || value === "removed") return undefined
  const { plan, definition, openRuns } = context
  return {
    state: stateName(value),
    enabled: context.disabledReason === null ? 1 : 0,
    disabled_reason: context.disabledReason,
    name: definition.name,
    prompt: definition.prompt,
    policy: JSON.stringify(definition.policy),
    revision: context.revision,
    plan: plan && JSON.stringify(plan),
    open_run_id: Object.keys(openRuns)[0] ?? null,
    failures_in_row: context.failuresInRow,
    key: context.key,
    retry: context.retry && JSON.stringify(context.retry),
    backlog: context.backlog.length === 0 ? null : JSON.stringify(context.backlog),
    paused: context.paused ? 1 : 0,
    paused_until: context.pausedUntil,
    next_run_at: nextOf(state),
    ...wakesOf(state),
  }
}

/** What comes next: the plan's, and where only a retry is left, that one's. */
const nextOf = ({ value, context: { plan, retry } }: JobState): number | null =>
  (plan ?? (isWaiting(value) ? retry : null))?.dueAt ?? null

const expectAgreement = (row: Row, state: JobState, where: string): void => {
  const expected = expectedOf(state)
  if (expected === undefined) expect(row, where).toBeUndefined()
  else expect(row, where).toMatchObject(expected)
}

describe("the row of a job and its machine say the same", () => {
  test("after every command that meets any state", () => {
    const walks = decidedWalks()
    expect(walks.length).toBeGreaterThan(400)
    for (const { history, command, facts } of walks) {
      if (facts.length === 0) continue
      const all = [...history, ...facts]
      const row = all.reduce<Row>((row, fact, index) => next(row, fact, index + 1), undefined)
      const where = `${history.map(({ type }) => type).join(", ")} then ${command.type}`
      expectAgreement(row, all.reduce(evolve, initial), where)
    }
  })

  test.each(Array.from({ length: 30 }, (_, index) => index + 1))(
    "all through a life (seed %i)",
    (seed) => {
      let row: Row
      let version = 0
      for (const { facts, after, command } of live(seed, 250)) {
        for (const fact of facts) row = next(row, fact, (version += 1))
        expectAgreement(
          row,
          after,
          `after ${command.type}: ${facts.map(({ type }) => type).join(", ")}`,
        )
      }
    },
  )
})
