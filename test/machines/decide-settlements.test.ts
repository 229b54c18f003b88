import { describe, expect, test } from "vitest"
import type { JobFact } from "../../events/fact.ts"
import type { RunOutcome } from "../../machines/command.ts"
import type { JobState } from "../../machines/state.ts"
import { evolveAll, factsOf, given } from "../kit/given.ts"
import {
  added,
  addedOnce,
  answered,
  at,
  cancelled,
  chat,
  daily,
  day,
  disabled,
  failed,
  failedAs,
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
  second,
  settleRun,
  skipped,
  started,
  startedByHand,
  startRun,
  succeeded,
  timedOut,
  withPolicy,
} from "../kit/samples.ts"

const running = [added(), started()] as const
const runningOnce = [addedOnce(), started({ plan: null })] as const
const soon = noon + minute

describe("settle-run of a run that is not open", () => {
  test("is recorded as answered late and changes nothing (behaviour 41)", () => {
    const outcome = { type: "run.timed-out", runId, durationMs: 10 * minute } as const
    const timedOutAlready = given(...running, outcome, retryPlanned({ reason: "timed-out" }))
    const after = timedOutAlready
      .when(settleRun(answered), at(noon + 11 * minute))
      .records({ type: "run.answered-late", runId, outcome: "succeeded" })

    expect(after).toEqual(timedOutAlready.state)
  })

  test("is late for a disabled job too, and not found for one that is gone", () => {
    given(added(), disabled("manual"))
      .when(settleRun(timedOut), at(soon))
      .records({ type: "run.answered-late", runId, outcome: "timed-out" })
    given(added(), removed("manual")).when(settleRun(answered), at(soon)).isRefused("not-found")
  })

  test("a run's name is not looked for among what every object has", () => {
    given(...running)
      .when(settleRun(answered, "constructor"), at(soon))
      .records({ type: "run.answered-late", runId: "constructor", outcome: "succeeded" })
  })
})

describe("outcomes", () => {
  test("an answer is recorded whole, counted in code points, and goes to the job's chat (behaviour 43)", () => {
    const text = "🎉".repeat(10_000)

    given(...running)
      .when(settleRun({ type: "succeeded", text, usage: { inputTokens: 5 } }), at(soon))
      .records(
        succeeded({ output: text, outputLength: 10_000, usage: { inputTokens: 5 } }),
        rescheduled(plan(noon + hour)),
      )
  })

  test("an answer with nothing to be seen is sent nowhere", () => {
    const facts = factsOf(
      given(...running).state,
      settleRun({ type: "succeeded", text: " \n" }),
      at(soon),
    )

    expect(facts[0]).toMatchObject({ output: " \n", deliverTo: null })
  })

  test("an answer goes to the chat the job names when it comes", () => {
    const moved: JobFact = {
      type: "job.updated",
      patch: { channel: "file", chatId: "log" },
      before: chat,
      previousDueAt: noon + hour,
      plan: null,
    }
    const facts = factsOf(given(...running, moved).state, settleRun(answered), at(soon))

    expect(facts[0]).toMatchObject({ deliverTo: { channel: "file", chatId: "log" } })
  })

  test("a clock that was set back makes no run shorter than nothing", () => {
    const facts = factsOf(given(...running).state, settleRun(answered), at(noon - hour))

    expect(facts[0]).toMatchObject({ durationMs: 0 })
  })

  test("a cancelled run is not tried again, and is no failure", () => {
    const after = given(...running)
      .when(settleRun(cancelled), at(soon))
      .records(
        { type: "run.cancelled", runId, reason: "changed my mind", durationMs: minute },
        rescheduled(plan(noon + hour)),
      )

    expect(after.context.failuresInRow).toBe(0)
  })
})

describe("retries", () => {
  test.each(["refused", "fatal"] as const)("an error that is %s is never tried again", (kind) => {
    const facts = factsOf(given(...running).state, settleRun(failedAs(kind)), at(soon))

    expect(facts.map(({ type }) => type)).toEqual(["run.failed", "job.rescheduled"])
  })

  test("a natural next that comes first ends the retries (behaviour 37)", () => {
    const now = noon + hour - 20 * second
    const facts = factsOf(given(...running).state, settleRun(failedAs("retryable")), at(now))

    expect(facts.at(-1)).toEqual(rescheduled(plan(noon + hour)))
  })

  test("a retry at the very time of the natural next is none", () => {
    const now = noon + hour - 30 * second
    const facts = factsOf(given(...running).state, settleRun(failedAs("retryable")), at(now))

    expect(facts.at(-1)?.type).toBe("job.rescheduled")
    const earlier = factsOf(given(...running).state, settleRun(failedAs("retryable")), at(now - 1))
    expect(earlier.at(-1)?.type).toBe("retry.planned")
  })

  test("the last attempt ends them", () => {
    given(added(withPolicy({ retry: { attemptsMax: 1, delaysMs: [1_000] } })), started())
      .when(settleRun(failedAs("retryable")), at(soon))
      .records(failed(), rescheduled(plan(noon + hour)))
  })

  test("a failure that trying again can help is planned on the ladder, beside the plan", () => {
    const after = given(...running)
      .when(settleRun(failedAs("retryable")), at(soon))
      .records(failed(), retryPlanned())

    expect(after).toMatchObject({ value: "rescheduled", context: { plan: plan(noon + hour) } })
  })

  test("a timeout is tried again like a failure (behaviour 41)", () => {
    given(...running)
      .when(settleRun(timedOut), at(noon + 10 * minute))
      .records(
        { type: "run.timed-out", runId, durationMs: 10 * minute },
        retryPlanned({ wakeAt: noon + 10 * minute + 30 * second, reason: "timed-out" }),
      )
  })

  test("a quota is waited for until the provider says, unless the natural next is sooner", () => {
    const job = given(...running).state
    const within = factsOf(job, settleRun(failedAs("quota", noon + 20 * minute)), at(soon))
    const beyond = factsOf(job, settleRun(failedAs("quota", noon + 2 * hour)), at(soon))

    expect(within.at(-1)).toEqual(retryPlanned({ wakeAt: noon + 20 * minute }))
    expect(beyond.at(-1)).toEqual(rescheduled(plan(noon + hour)))
  })

  test("a retry never wakes in the past", () => {
    const facts = factsOf(given(...running).state, settleRun(failedAs("quota", noon)), at(soon))

    expect(facts.at(-1)).toMatchObject({ wakeAt: soon })
  })

  test("a run that a new schedule has overtaken is not tried again", () => {
    const moved: JobFact = {
      type: "job.updated",
      patch: {},
      before: {},
      previousDueAt: noon + hour,
      plan: plan(noon + day, { revision: 2 }),
    }

    given(...running, moved)
      .when(settleRun(failedAs("retryable")), at(soon))
      .records(failed(), rescheduled(plan(noon + day, { revision: 2 })))
  })

  test("attempts are 30 s, 1, 5, 15, 60 and 60 minutes apart, and an answer resets (behaviour 37)", () => {
    const policy = withPolicy({
      retry: { attemptsMax: 7, delaysMs: [30_000, 60_000, 300_000, 900_000, 3_600_000] },
    })
    const job = added({ schedule: daily, plan: plan(noon, { after: noon - day }), ...policy })
    let state = evolveAll(given(job).state, factsOf(given(job).state, startRun(noon), at(noon)))
    const delays: Array<number> = []
    let now = noon
    for (let attempt = 2; attempt <= 7; attempt += 1) {
      state = evolveAll(state, factsOf(state, settleRun(failedAs("retryable")), at(now)))
      const { retry } = state.context
      delays.push((retry?.wakeAt ?? 0) - now)
      now = retry?.wakeAt ?? 0
      state = evolveAll(state, factsOf(state, startRun(noon, { attempt }), at(now)))
    }
    const last = factsOf(state, settleRun(answered), at(now))

    expect(delays.map((delayMs) => delayMs / second)).toEqual([30, 60, 300, 900, 3_600, 3_600])
    expect(state.context.failuresInRow).toBe(6)
    expect(last.at(-1)).toMatchObject({ type: "job.rescheduled", plan: { dueAt: noon + day } })
    expect(evolveAll(state, last).context.failuresInRow).toBe(0)
  })
})

describe("failures in a row", () => {
  const failing = (outcome: RunOutcome, runsCount: number): JobState => {
    let { state } = given(added())
    for (let run = 0; run < runsCount; run += 1) {
      const dueAt = noon + run * hour
      state = evolveAll(state, factsOf(state, startRun(dueAt), at(dueAt)))
      state = evolveAll(state, factsOf(state, settleRun(outcome), at(dueAt + minute)))
    }
    return state
  }

  test("ten disable the job with the reason (behaviour 37)", () => {
    expect(failing(failedAs("fatal"), 9)).toMatchObject({ value: "rescheduled" })
    expect(failing(failedAs("fatal"), 10)).toMatchObject({
      value: "disabled",
      context: { disabledReason: "failures", failuresInRow: 10 },
    })
  })

  test("attempts count, and win over another retry", () => {
    given(added(withPolicy({ disableAfterFailures: 1 })), started())
      .when(settleRun(failedAs("retryable")), at(soon))
      .records(failed(), disabled("failures", noon + hour))
  })

  test("an answer between them starts the count anew, a cancellation does not count", () => {
    expect(failing(cancelled, 12)).toMatchObject({ value: "rescheduled" })
    expect(failing(answered, 3).context.failuresInRow).toBe(0)
  })

  test("zero never disables", () => {
    const policy = withPolicy({ disableAfterFailures: 0 })

    given(added(policy), started())
      .when(settleRun(failedAs("fatal")), at(soon))
      .leadsTo("rescheduled")
  })
})

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
      .records(failed(), disabled("failures"))
  })

  test("that fails is tried again first", () => {
    given(...runningOnce)
      .when(settleRun(failedAs("retryable")), at(soon))
      .records(failed(), retryPlanned())
  })

  test("that is cancelled has nothing left to do", () => {
    given(...runningOnce)
      .when(settleRun(cancelled), at(soon))
      .leadsTo("disabled")
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

describe("a run by hand", () => {
  const byHand = startedByHand(noon - 10 * minute, plan(noon))

  test("is not tried again: whoever asked sees that it failed", () => {
    given(added(), byHand)
      .when(settleRun(failedAs("retryable")), at(noon - 9 * minute))
      .records(failed(), rescheduled(plan(noon)))
    given(added(), byHand)
      .when(interruptRun, at(noon - 9 * minute))
      .leadsTo("rescheduled")
  })

  test("lets a retry that waited behind it go on, unless the natural next has come", () => {
    const job = given(
      added(),
      started(),
      failed(),
      retryPlanned(),
      startedByHand(noon + 70 * second, plan(noon + hour)),
    )

    expect(factsOf(job.state, settleRun(answered), at(noon + 2 * minute)).at(-1)).toEqual(
      retryPlanned(),
    )
    expect(factsOf(job.state, settleRun(answered), at(noon + hour)).at(-1)).toEqual(
      rescheduled(plan(noon + hour)),
    )
  })
})

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
