import { describe, expect, test } from "vitest"
import type { JobFact } from "../../events/fact.ts"
import { factsOf, given } from "../kit/given.ts"
import {
  alertRaised,
  disabledAlert,
  added,
  addedOnce,
  answered,
  at,
  cancelled,
  day,
  disabled,
  failed,
  failedAs,
  hour,
  minute,
  noon,
  plan,
  removed,
  rescheduled,
  retryPlanned,
  second,
  settleRun,
  skipped,
  started,
  startedByHand,
  startRun,
  succeeded,
} from "../kit/samples.ts"

const running = [added(), started()] as const
const runningOnce = [addedOnce(), started({ plan: null })] as const
const soon = noon + minute

describe("what came due during a run", () => {
  const everyMinute = { type: "every", everyMs: minute, anchorAt: noon, tz: "UTC" } as const
  const next = (dueAt: number) => plan(dueAt, { after: dueAt - minute })
  const job = added({ schedule: everyMinute, plan: next(noon) })

  test("is skipped: every 60 s, a run of 150 s, starts at 0 and 180 (behaviour 35)", () => {
    given(job, started({ plan: next(noon + minute) }))
      .when(settleRun(answered), at(noon + 150 * second))
      .records(
        succeeded({ durationMs: 150 * second }),
        skipped([noon + minute, noon + 2 * minute, 2], "overlap"),
        rescheduled(next(noon + 3 * minute), noon + minute),
      )
  })

  test("the very moment counts as passed: the next is strictly later", () => {
    const facts = factsOf(
      given(job, started({ plan: next(noon + minute) })).state,
      settleRun(answered),
      at(noon + minute),
    )

    expect(facts.slice(1)).toEqual([
      skipped([noon + minute, noon + minute, 1], "overlap"),
      rescheduled(next(noon + 2 * minute), noon + minute),
    ])
  })

  test("is accounted for before the job ends, too (behaviour 39)", () => {
    given(job, started({ plan: next(noon + minute) }), { type: "job.disable-requested" })
      .when(settleRun(answered), at(noon + 90 * second))
      .records(
        succeeded({ durationMs: 90 * second }),
        skipped([noon + minute, noon + minute, 1], "overlap"),
        disabled("manual", noon + minute),
      )
  })

  test("starts at once when the run was one by hand, whatever overlap says (behaviour 38)", () => {
    const byHand = startedByHand(noon - second, next(noon))
    const after = given(job, byHand)
      .when(settleRun(answered), at(noon + second))
      .records(succeeded({ durationMs: 2 * second }), rescheduled(next(noon)))
    const facts = factsOf(after, startRun(noon), at(noon + second))

    expect(facts).toMatchObject([{ type: "run.started", trigger: "schedule", dueAt: noon }])
  })

  test("behind a run by hand it is skipped when the job ends", () => {
    const byHand = startedByHand(noon - second, next(noon))

    given(job, byHand, { type: "job.removal-requested" })
      .when(settleRun(answered), at(noon + second))
      .records(
        succeeded({ durationMs: 2 * second }),
        skipped([noon, noon, 1], "removed"),
        removed("manual", noon),
      )
  })
})

describe("a single time", () => {
  test("that succeeds is done (behaviour 31)", () => {
    given(...runningOnce)
      .when(settleRun(answered), at(soon))
      .records(succeeded(), disabled("one-shot-done"))
  })

  test("that succeeds goes when it was to be deleted (behaviour 31)", () => {
    given(addedOnce({ deleteAfterRun: true }), started({ plan: null }))
      .when(settleRun(answered), at(soon))
      .records(succeeded(), removed("delete-after-run"))
  })

  test("whose last attempt fails is disabled, never deleted (behaviour 31)", () => {
    given(
      addedOnce({ deleteAfterRun: true }),
      started({ plan: null, attempt: 4, trigger: "retry" }),
    )
      .when(settleRun(failedAs("retryable")), at(soon))
      .records(failed(), alertRaised(disabledAlert), disabled("failures"))
  })

  test("that fails is tried again first", () => {
    given(...runningOnce)
      .when(settleRun(failedAs("retryable")), at(soon))
      .records(failed(), retryPlanned())
  })

  test("that is cancelled has nothing left to do", () => {
    const { context } = given(...runningOnce)
      .when(settleRun(cancelled), at(soon))
      .leadsTo("disabled")

    expect(context.disabledReason).toBe("exhausted")
  })

  test("that ran does not run again after a restart (behaviour 32)", () => {
    given(...runningOnce, succeeded(), disabled("one-shot-done"))
      .when(startRun(noon), at(noon + 30 * minute, { upSince: noon + 30 * minute }))
      .isRefused("stale")
  })

  test("that was moved while it ran runs again at its new time, whatever was to be deleted", () => {
    const moved: JobFact = {
      type: "job.updated",
      patch: { schedule: { type: "at", at: noon + day, tz: "UTC" } },
      before: { schedule: { type: "at", at: noon, tz: "UTC" } },
      previousDueAt: null,
      plan: plan(noon + day, { revision: 2, after: noon + day - 1 }),
    }

    given(addedOnce({ deleteAfterRun: true }), started({ plan: null }), moved)
      .when(settleRun(answered), at(soon))
      .leadsTo("rescheduled")
  })
})

describe("the end of a job while it runs", () => {
  test("an open run settles and is recorded, then the job is disabled (behaviour 39)", () => {
    given(...running, { type: "job.disable-requested" })
      .when(settleRun(failedAs("retryable")), at(soon))
      .records(failed(), disabled("manual", noon + hour))
  })

  test("or removed (behaviour 39)", () => {
    given(...running, { type: "job.removal-requested" })
      .when(settleRun(answered), at(soon))
      .records(succeeded(), removed("manual", noon + hour))
  })

  test("a recurring job to be deleted goes after its first success, not after one by hand", () => {
    const job = added({ deleteAfterRun: true })

    given(job, started())
      .when(settleRun(answered), at(soon))
      .records(succeeded(), removed("delete-after-run", noon + hour))
    given(job, startedByHand(noon - minute, plan(noon)))
      .when(settleRun(answered), at(noon - second))
      .leadsTo("rescheduled")
  })

  test("a run by hand of a disabled job ends in being disabled as before", () => {
    given(added(), disabled("failures", noon), startedByHand(noon, null))
      .when(settleRun(answered), at(soon))
      .records(succeeded(), disabled("failures"))
  })

  test("a schedule that has no next is exhausted", () => {
    const lastOne = { type: "cron", expr: "0 0 12 24 11 * 2026", tz: "UTC" } as const

    given(added({ schedule: lastOne }), started({ plan: null }))
      .when(settleRun(answered), at(soon))
      .records(succeeded(), disabled("exhausted"))
  })
})
