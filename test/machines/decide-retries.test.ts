import { describe, expect, test } from "vitest"
import type { JobFact } from "../../events/fact.ts"
import { evolveAll, factsOf, given } from "../kit/given.ts"
import {
  added,
  answered,
  at,
  daily,
  day,
  failed,
  failedAs,
  hour,
  interruptRun,
  minute,
  noon,
  plan,
  rescheduled,
  retryPlanned,
  runId,
  second,
  settleRun,
  started,
  startedByHand,
  startRun,
  timedOut,
  withPolicy,
} from "../kit/samples.ts"

const running = [added(), started()] as const
const soon = noon + minute

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
    expect(beyond.at(-1)).toEqual(
      rescheduled({ ...plan(noon + hour), wakeAt: noon + 2 * hour }, noon + hour),
    )
  })

  test("a retry never wakes in the past", () => {
    const facts = factsOf(given(...running).state, settleRun(failedAs("quota", noon)), at(soon))

    expect(facts.at(-1)).toMatchObject({ wakeAt: soon })
  })

  test("a retry never wakes before its due time, even when the clock was set back (behaviour 22)", () => {
    const facts = factsOf(
      given(...running).state,
      settleRun(failedAs("retryable")),
      at(noon - hour),
    )

    expect(facts.at(-1)).toEqual(retryPlanned({ wakeAt: noon }))
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
