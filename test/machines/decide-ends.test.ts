import { describe, expect, test } from "vitest"
import { given } from "../kit/given.ts"
import {
  added,
  addedOnce,
  at,
  daily,
  day,
  disabled,
  disableJob,
  enableJob,
  failed,
  hour,
  minute,
  noon,
  plan,
  removed,
  removeJob,
  rescheduled,
  skipped,
  started,
  startedByHand,
  succeeded,
} from "../kit/samples.ts"

describe("enable-job", () => {
  test("refuses a single time that has passed (behaviour 42)", () => {
    given(addedOnce(), disabled("manual", noon))
      .when(enableJob, at(noon))
      .isRefused("in-past", /2026-11-24T12:00:00/)
    given(addedOnce(), started({ plan: null }), succeeded(), disabled("one-shot-done"))
      .when(enableJob, at(noon + day))
      .isRefused("in-past")
  })

  test("refuses a single time that already ran when the clock was set back (behaviour 44c)", () => {
    given(addedOnce(), started({ plan: null }), succeeded(), disabled("one-shot-done"))
      .when(enableJob, at(noon - hour))
      .isRefused("in-past")
  })

  test("does nothing to a job that is enabled", () => {
    given(added()).when(enableJob, at(noon)).changesNothing()
    given(added(), started()).when(enableJob, at(noon)).changesNothing()
  })

  test("plans from now, under a new revision (behaviour 42)", () => {
    const now = noon + day + minute

    given(added(), disabled("manual", noon))
      .when(enableJob, at(now))
      .records({
        type: "job.enabled",
        plan: plan(noon + day + hour, { revision: 2, after: now }),
        previousDueAt: null,
      })
  })

  test("clock back, then disable and enable: what ran does not run again (behaviour 44c)", () => {
    const after = given(
      added({ schedule: daily, plan: plan(noon, { after: noon - day }) }),
      started({ plan: plan(noon + day, { after: noon }) }),
      succeeded(),
      rescheduled(plan(noon + day, { after: noon })),
      disabled("manual", noon + day),
    )
      .when(enableJob, at(noon - hour))
      .leadsTo("enabled")

    expect(after.context.plan).toEqual(plan(noon + day, { revision: 2, after: noon }))
  })

  test("an accounted time more than 3 h ahead is not believed: the clock was wrong", () => {
    const after = given(
      added(),
      started({ dueAt: noon + 365 * day, plan: plan(noon + 365 * day + hour) }),
      succeeded(),
      rescheduled(plan(noon + 365 * day + hour)),
      disabled("manual"),
    )
      .when(enableJob, at(noon + minute))
      .leadsTo("enabled")

    expect(after.context.plan?.dueAt).toBe(noon + hour)
  })

  test("takes a request to disable back, and the plan stands", () => {
    given(added(), started(), { type: "job.disable-requested" })
      .when(enableJob, at(noon + minute))
      .records({ type: "job.enabled", plan: plan(noon + hour), previousDueAt: noon + hour })
    given(addedOnce(), started({ plan: null }), { type: "job.disable-requested" })
      .when(enableJob, at(noon + minute))
      .isRefused("in-past")
  })

  test("enables a disabled job that runs by hand; its run goes on", () => {
    const after = given(added(), disabled("failures", noon), startedByHand(noon, null))
      .when(enableJob, at(noon + minute))
      .leadsTo("running.active")

    expect(after.context).toMatchObject({ disabledReason: null, plan: { revision: 2 } })
  })

  test("starts counting failures anew", () => {
    const after = given(added(), started(), failed(), disabled("failures"))
      .when(enableJob, at(noon + minute))
      .leadsTo("enabled")

    expect(after.context.failuresInRow).toBe(0)
  })
})

describe("disable-job", () => {
  test("does nothing to a job that is or will be disabled", () => {
    given(added(), disabled("failures")).when(disableJob, at(noon)).changesNothing()
    given(added(), started(), { type: "job.disable-requested" })
      .when(disableJob, at(noon))
      .changesNothing()
    given(added(), disabled("manual"), startedByHand(noon, null))
      .when(disableJob, at(noon))
      .changesNothing()
  })

  test("a plan that is not due is superseded", () => {
    given(added())
      .when(disableJob, at(noon - 1))
      .records(disabled("manual", noon))
  })

  test("what is due and not started is skipped, with the reason", () => {
    given(added())
      .when(disableJob, at(noon + 2 * hour))
      .records(skipped([noon, noon + 2 * hour, 3], "disabled"), disabled("manual", noon))
  })

  test("only asks while a run is open (behaviour 39)", () => {
    given(added(), started())
      .when(disableJob, at(noon + minute))
      .records({ type: "job.disable-requested" })
  })
})

describe("remove-job", () => {
  test("a plan that is not due is superseded, one that is due is skipped", () => {
    given(added())
      .when(removeJob, at(noon - 1))
      .records(removed("manual", noon))
    given(added())
      .when({ ...removeJob, reason: "clean-up" }, at(noon))
      .records(skipped([noon, noon, 1], "removed"), removed("clean-up", noon))
    given(added(), disabled("manual", noon))
      .when(removeJob, at(noon + day))
      .records(removed("manual"))
  })

  test("only asks while a run is open, and once (behaviour 39)", () => {
    const asked = { type: "job.removal-requested" } as const

    given(added(), started())
      .when(removeJob, at(noon + minute))
      .records(asked)
    given(added(), started(), { type: "job.disable-requested" })
      .when(removeJob, at(noon + minute))
      .records(asked)
    given(added(), started(), asked)
      .when(removeJob, at(noon + minute))
      .changesNothing()
  })
})
