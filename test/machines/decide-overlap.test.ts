import { describe, expect, test } from "vitest"
import type { JobFact } from "../../events/fact.ts"
import { requestOf } from "../../machines/request.ts"
import { evolveAll, factsOf, given } from "../kit/given.ts"
import {
  added,
  answered,
  at,
  cancelled,
  clock,
  disabled,
  disableJob,
  hour,
  jobId,
  minute,
  noon,
  plan,
  removed,
  removeJob,
  rescheduled,
  settleRun,
  skipped,
  started,
  startedByHand,
  startRun,
  succeeded,
  withPolicy,
} from "../kit/samples.ts"

const late = noon + 2 * hour + 30 * minute
const settled = succeeded({ durationMs: 2 * hour + 30 * minute })
const queued = (from: number, cause: "overlap" | "catch-up" = "overlap") =>
  ({ type: "occurrences.queued", revision: 1, from, to: from, count: 1, cause }) as const

describe("overlap queue-one", () => {
  const running = [added(withPolicy({ overlap: "queue-one" })), started()] as const

  test("the first that came due waits, the others are skipped", () => {
    given(...running)
      .when(settleRun(answered), at(late))
      .records(
        settled,
        queued(noon + hour),
        skipped([noon + 2 * hour, noon + 2 * hour, 1], "overlap"),
        rescheduled(plan(noon + 3 * hour, { after: noon + 2 * hour }), noon + hour),
      )
  })

  test("what waits goes first, and restates the plan", () => {
    const waiting = [
      ...running,
      settled,
      queued(noon + hour),
      rescheduled(plan(noon + 2 * hour)),
    ] as const
    const after = given(...waiting)
      .when(startRun(noon + hour, { runId: "run_2" }), at(noon + 90 * minute, { by: clock }))
      .records(
        started({
          runId: "run_2",
          dueAt: noon + hour,
          lateMs: 30 * minute,
          deadlineAt: noon + 100 * minute,
          plan: plan(noon + 2 * hour),
        }),
      )
    expect(after.context).toMatchObject({ backlog: [], claimedCount: 2, accountedAt: noon + hour })
  })

  test("the plan is not started before it, and nothing that was never queued", () => {
    const waiting = [
      ...running,
      settled,
      queued(noon + hour),
      rescheduled(plan(noon + 2 * hour)),
    ] as const
    given(...waiting)
      .when(startRun(noon + 2 * hour), at(late))
      .isRefused("stale")
    given(...waiting)
      .when(startRun(noon + hour + 1), at(late))
      .isRefused("stale")
    given(...waiting)
      .when(startRun(noon + hour), at(noon + hour - 1))
      .isRefused("not-due")
  })

  test("the place is taken while one waits, and free once it runs", () => {
    const waiting = [...running, settled, queued(noon + hour), rescheduled(plan(noon + 3 * hour))]
    const again = started({ runId: "run_2", dueAt: noon + hour, lateMs: 90 * minute })
    const second = { ...again, plan: plan(noon + 3 * hour, { after: noon + 2 * hour }) }
    const after = factsOf(
      given(...waiting, second).state,
      settleRun(answered, "run_2"),
      at(noon + 3 * hour + minute),
    )
    expect(after).toMatchObject([
      { type: "run.succeeded" },
      queued(noon + 3 * hour),
      { type: "job.rescheduled" },
    ])
  })

  test("where nothing comes any more the occurrence stays the plan", () => {
    const policy = withPolicy({ overlap: "queue-one", endAt: noon + hour })
    given(added(policy), started())
      .when(settleRun(answered), at(late))
      .records(settled, rescheduled(plan(noon + hour)))
  })

  test("what waits is given up with the job, for the same reason", () => {
    const waiting = [...running, settled, queued(noon + hour), rescheduled(plan(noon + 2 * hour))]
    const span = skipped([noon + hour, noon + hour, 1], "disabled")
    given(...waiting)
      .when(disableJob, at(noon + 90 * minute))
      .records(span, disabled("manual", noon + 2 * hour))
    given(...waiting)
      .when(removeJob, at(noon + 90 * minute))
      .records({ ...span, reason: "removed" }, removed("manual", noon + 2 * hour))
    const update = { type: "update-job", jobId, schedule: { every: "2h" } } as const
    expect(factsOf(given(...waiting).state, update, at(noon + 90 * minute))).toMatchObject([
      { ...span, reason: "schedule-changed" },
      { type: "job.updated" },
    ])
  })
})

describe("overlap cancel-previous", () => {
  const running = [added(withPolicy({ overlap: "cancel-previous" })), started()] as const
  const asked = (now: number, ...facts: ReadonlyArray<JobFact>) =>
    requestOf(given(...facts).state.context, { at: now })

  test("the job asks to end its run when the next comes due, and not before", () => {
    expect(asked(noon + hour - 1, ...running)).toMatchObject({ type: "let-be" })
    expect(asked(noon + hour, ...running)).toMatchObject({
      type: "cancel-run",
      runId: "run_1",
      reason: "cancel-previous: the occurrence of 2026-11-24T13:00:00.000Z came due",
    })
  })

  test("a run by hand, and one with others waiting behind it, are let be", () => {
    const byHand = startedByHand(noon + minute, plan(noon + hour))
    const idle = added({ ...withPolicy({ overlap: "cancel-previous" }), plan: plan(noon + hour) })
    expect(asked(noon + hour, idle, byHand)).toMatchObject({ type: "let-be" })
    expect(asked(noon + hour, ...running, queued(noon + 5, "catch-up"))).toMatchObject({
      type: "let-be",
    })
    expect(asked(noon + hour, added(), started())).toMatchObject({ type: "let-be" })
  })

  test("the run is cancelled and the occurrence stands, to start at once", () => {
    const after = given(...running)
      .when(settleRun(cancelled), at(noon + hour))
      .records(
        { type: "run.cancelled", runId: "run_1", reason: "changed my mind", durationMs: hour },
        rescheduled(plan(noon + hour)),
      )
    const facts = factsOf(after, startRun(noon + hour, { runId: "run_2" }), at(noon + hour))
    expect(facts).toMatchObject([{ trigger: "schedule", lateMs: 0 }])
    expect(evolveAll(after, facts).value).toBe("running.active")
  })

  test("of several only the last starts", () => {
    given(...running)
      .when(settleRun(answered), at(late))
      .records(
        settled,
        skipped([noon + hour, noon + hour, 1], "overlap"),
        rescheduled(plan(noon + 2 * hour, { after: noon + hour }), noon + hour),
      )
  })
})
