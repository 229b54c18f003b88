import { describe, expect, test } from "vitest"
import { factsOf, given } from "../kit/given.ts"
import {
  added,
  addedOnce,
  at,
  day,
  disabled,
  failed,
  hour,
  minute,
  noon,
  plan,
  removed,
  rescheduled,
  retryPlanned,
  runJob,
  second,
  skipped,
  started,
  startedByHand,
  startRun,
  succeeded,
} from "../kit/samples.ts"

const failedOnce = [added(), started(), failed(), retryPlanned()] as const
const retry = startRun(noon, { attempt: 2, runId: "run_2" })
const retryAt = noon + 90 * second

describe("start-run", () => {
  test("refuses a job that is not there any more", () => {
    given().when(startRun(noon), at(noon)).isRefused("not-found")
    given(added(), removed("manual")).when(startRun(noon), at(noon)).isRefused("not-found")
  })

  test("refuses what is not planned: another time, revision or attempt", () => {
    const job = given(added())

    job.when(startRun(noon + hour), at(noon + day)).isRefused("stale", /13:00/)
    job.when(startRun(noon, { revision: 2 }), at(noon)).isRefused("stale")
    job.when(startRun(noon, { attempt: 2 }), at(noon)).isRefused("stale")
    given(added(), disabled("manual")).when(startRun(noon), at(noon)).isRefused("stale")
  })

  test("refuses an occurrence that was claimed already", () => {
    given(added(), started(), succeeded(), rescheduled(plan(noon + hour)))
      .when(startRun(noon), at(noon + minute))
      .isRefused("stale")
  })

  test("never starts early, not by a millisecond (behaviour 23)", () => {
    given(added())
      .when(startRun(noon), at(noon - 1))
      .isRefused("not-due", /12:00:00/)
    given(...failedOnce)
      .when(retry, at(retryAt - 1))
      .isRefused("not-due")
  })

  test("waits for the time to wake, which may be later than the nominal one", () => {
    const spread = added({ plan: { ...plan(noon), wakeAt: noon + minute } })

    given(spread)
      .when(startRun(noon), at(noon + minute - 1))
      .isRefused("not-due")
    given(spread)
      .when(startRun(noon), at(noon + minute))
      .records(started({ lateMs: minute, deadlineAt: noon + 11 * minute }))
  })

  test("refuses a second run while one is open, and names it", () => {
    const refusal = given(added(), started())
      .when(startRun(noon + hour), at(noon + hour))
      .isRefused("already-running", /run_1/)

    expect(refusal.matches).toEqual(["run_1"])
  })

  test("claims the occurrence and plans the next by nature", () => {
    given(added()).when(startRun(noon), at(noon)).records(started())
  })

  test("a run that starts late keeps its nominal time", () => {
    given(added())
      .when(startRun(noon), at(noon + minute))
      .records(started({ lateMs: minute, deadlineAt: noon + 11 * minute }))
  })

  test("after the only occurrence nothing is planned", () => {
    given(addedOnce())
      .when(startRun(noon), at(noon))
      .records(started({ plan: null }))
  })

  test("what came while the clock was up is only late, however late it is", () => {
    const now = noon + 2 * hour + minute
    const [fact, ...others] = factsOf(
      given(added()).state,
      startRun(noon),
      at(now, { upSince: noon }),
    )

    expect(others).toEqual([])
    expect(fact).toMatchObject({ trigger: "schedule", dueAt: noon, plan: { dueAt: noon + hour } })
  })
})

describe("a retry", () => {
  test("is another attempt at the same occurrence, and the plan stands", () => {
    given(...failedOnce)
      .when(retry, at(retryAt))
      .records(
        started({
          runId: "run_2",
          attempt: 2,
          trigger: "retry",
          lateMs: 90 * second,
          deadlineAt: retryAt + 10 * minute,
        }),
      )
  })

  test("claims nothing anew", () => {
    const { context } = given(
      ...failedOnce,
      started({ runId: "run_2", attempt: 2, trigger: "retry" }),
    ).state

    expect(context).toMatchObject({ claimedCount: 1, accountedAt: noon, retry: null })
  })

  test("runs late after a downtime while the natural next is still to come", () => {
    const facts = factsOf(
      given(...failedOnce).state,
      retry,
      at(noon + 30 * minute, { upSince: noon + 29 * minute }),
    )

    expect(facts).toMatchObject([
      { type: "run.started", trigger: "retry", attempt: 2, dueAt: noon },
    ])
  })

  test("is given up once the natural next has come: that one starts instead (behaviour 37)", () => {
    const now = noon + hour

    given(...failedOnce)
      .when(retry, at(now))
      .records(
        started({
          runId: "run_2",
          dueAt: now,
          deadlineAt: now + 10 * minute,
          plan: plan(now + hour),
        }),
      )
    given(...failedOnce)
      .when(startRun(noon + hour, { runId: "run_2" }), at(now))
      .leadsTo("running.active")
  })

  test("given up after a downtime, the natural next is catch-up's", () => {
    const now = noon + 3 * hour

    given(...failedOnce)
      .when(retry, at(now, { upSince: now }))
      .records(
        skipped([noon + hour, noon + 2 * hour, 2], "downtime"),
        started({
          runId: "run_2",
          dueAt: now,
          trigger: "catch-up",
          deadlineAt: now + 10 * minute,
          plan: plan(now + hour),
        }),
      )
  })

  test("does not let the natural next start before its time", () => {
    given(...failedOnce)
      .when(startRun(noon + hour), at(retryAt))
      .isRefused("not-due")
  })
})

describe("run-job", () => {
  test("answers already running while a run is open (behaviour 38)", () => {
    given(added(), started())
      .when(runJob, at(noon + minute))
      .isRefused("already-running", /run_1/)
    given(added(), started(), { type: "job.removal-requested" })
      .when(runJob, at(noon + minute))
      .isRefused("already-running")
  })

  test("runs now, and the plan stands (behaviour 38)", () => {
    const now = noon - 10 * minute

    given(added())
      .when(runJob, at(now))
      .records(startedByHand(now, plan(noon)))
  })

  test("claims no occurrence", () => {
    const { context } = given(added(), startedByHand(noon - minute, plan(noon))).state

    expect(context).toMatchObject({ claimedCount: 0, accountedAt: null, plan: plan(noon) })
  })

  test("runs a disabled job, which stays one", () => {
    const after = given(added(), disabled("failures", noon))
      .when(runJob, at(noon))
      .records(startedByHand(noon, null))

    expect(after).toMatchObject({
      value: "running.active",
      context: { disabledReason: "failures" },
    })
  })

  test("leaves a retry that waits where it is", () => {
    const { context } = given(
      ...failedOnce,
      startedByHand(noon + 70 * second, plan(noon + hour)),
    ).state

    expect(context.retry).toMatchObject({ dueAt: noon, attempt: 2, wakeAt: retryAt })
  })
})
