import { describe, expect, test } from "vitest"
import { factsOf, given } from "../kit/given.ts"
import {
  added,
  addedOnce,
  answered,
  at,
  disabled,
  hour,
  interruptRun,
  jobId,
  minute,
  noon,
  plan,
  removed,
  rescheduled,
  retryPlanned,
  runId,
  skipped,
  started,
  startRun,
  succeeded,
  withPolicy,
} from "../kit/samples.ts"

const running = [added(), started()] as const
const runningOnce = [addedOnce(), started({ plan: null })] as const
const soon = noon + minute

describe("interrupt-run", () => {
  const interrupted = { type: "run.interrupted", runId, reason: "crash" } as const
  const again = retryPlanned({ reason: "interrupted", wakeAt: soon })

  test("refuses a run that is not open", () => {
    given(added()).when(interruptRun, at(noon)).isRefused("not-running", /run_1/)
    given(...running, succeeded(), rescheduled(plan(noon + hour)))
      .when(interruptRun, at(soon))
      .isRefused("not-running")
  })

  test("plans one new attempt of the same occurrence, at once (behaviour 33)", () => {
    given(...running)
      .when(interruptRun, at(soon))
      .records(interrupted, again)
    given(...runningOnce)
      .when(interruptRun, at(soon))
      .records(interrupted, again)
  })

  test("that attempt starts, and only once (behaviour 33)", () => {
    const retry = startRun(noon, { attempt: 2, runId: "run_2" })
    const after = given(...running, interrupted, again)
      .when(retry, at(soon, { upSince: soon }))
      .leadsTo("running.active")

    expect(Object.keys(after.context.openRuns)).toEqual(["run_2"])
    given(...running, interrupted, again, started({ runId: "run_2", attempt: 2, trigger: "retry" }))
      .when(retry, at(soon))
      .isRefused("already-running")
  })

  test("counts as an attempt, and not as a failure", () => {
    const last = started({ attempt: 4, trigger: "retry" })
    const after = given(added(), last)
      .when(interruptRun, at(soon))
      .records(interrupted, rescheduled(plan(noon + hour)))

    expect(after.context.failuresInRow).toBe(0)
    given(addedOnce(), { ...last, plan: null })
      .when(interruptRun, at(soon))
      .records(interrupted, disabled("failures"))
  })

  test("where the natural next has passed too, the plan stands and catch-up decides", () => {
    const now = noon + 3 * hour
    const after = given(...running)
      .when(interruptRun, at(now, { upSince: now }))
      .records(interrupted, rescheduled(plan(noon + hour)))
    const facts = factsOf(after, startRun(noon + hour), at(now, { upSince: now }))

    expect(facts).toMatchObject([
      skipped([noon + hour, noon + 2 * hour, 2], "downtime"),
      { type: "run.started", dueAt: now, trigger: "catch-up" },
    ])
  })

  test("with onInterrupt skip nothing is tried again", () => {
    const policy = withPolicy({ onInterrupt: "skip" })

    given(added(policy), started())
      .when(interruptRun, at(soon))
      .records(interrupted, rescheduled(plan(noon + hour)))
    given(addedOnce(policy), started({ plan: null }))
      .when(interruptRun, at(soon))
      .records(interrupted, disabled("failures"))
  })

  test("a job whose end was asked for ends (behaviour 39)", () => {
    given(...running, { type: "job.disable-requested" })
      .when(interruptRun, at(noon + hour))
      .records(
        interrupted,
        skipped([noon + hour, noon + hour, 1], "disabled"),
        disabled("manual", noon + hour),
      )
    given(...running, { type: "job.removal-requested" })
      .when({ ...interruptRun, reason: "shutdown" }, at(soon))
      .records({ ...interrupted, reason: "shutdown" }, removed("manual", noon + hour))
  })

  test("its late answer changes nothing (behaviour 41)", () => {
    given(...running, interrupted, again)
      .when({ type: "settle-run", jobId, runId, outcome: answered }, at(noon + 2 * minute))
      .records({ type: "run.answered-late", runId, outcome: "succeeded" })
  })
})
