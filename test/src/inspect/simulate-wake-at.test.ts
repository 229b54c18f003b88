import { expect, test } from "vitest"
import { jobStream } from "../../../events/stream.ts"
import { evolve, initial } from "../../../machines/table.ts"
import { project } from "../../../projections/projection.ts"
import { scheduledJobs, type ScheduledJobRow } from "../../../projections/scheduled-jobs.ts"
import { wakeAtOf } from "../../../src/inspect/simulate-wake-at.ts"
import { live } from "../../kit/life.ts"
import { jobId } from "../../kit/samples.ts"

/** Where a life is after each of its batches: a batch is atomic, and nobody asks in the middle of it. */
const momentsOf = (seed: number) => {
  let [state, version] = [initial, 0]
  let row: ScheduledJobRow | undefined
  return live(seed, 200)
    .filter(({ facts }) => facts.length > 0)
    .map(({ now, facts }) => {
      for (const fact of facts) {
        version += 1
        state = evolve(state, fact)
        const folded = { position: version, stream: jobStream(jobId), version, at: now, fact }
        row = project(scheduledJobs, row, folded)
      }
      return { now, version, state, wakeAt: row?.wake_at ?? null }
    })
}

const seeds = Array.from({ length: 60 }, (_, index) => index + 1)

test.each(seeds)("a job wakes when the table says so, through a whole life, seed %i", (seed) => {
  for (const { now, version, state, wakeAt } of momentsOf(seed)) {
    expect(wakeAtOf(state, now), `version ${version}, ${state.value}`).toBe(wakeAt)
  }
})

test("these lives know everything that a job may wait for", () => {
  const moments = seeds.flatMap(momentsOf)
  expect(moments.some(({ state }) => state.context.backlog.length > 0)).toBe(true)
  expect(moments.some(({ state }) => state.context.paused)).toBe(true)
  expect(moments.some(({ state }) => state.context.retry !== null)).toBe(true)
  const yielding = moments.filter(({ state }) => state.value === "running.active")
  expect(yielding.some(({ wakeAt }) => wakeAt !== null)).toBe(true)
})
