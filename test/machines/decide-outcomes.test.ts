import { describe, expect, test } from "vitest"
import type { JobFact } from "../../events/fact.ts"
import type { RunOutcome } from "../../machines/command.ts"
import type { JobState } from "../../machines/state.ts"
import { evolveAll, factsOf, given } from "../kit/given.ts"
import {
  alertRaised,
  disabledAlert,
  added,
  answered,
  at,
  cancelled,
  chat,
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
  runId,
  settleRun,
  started,
  startRun,
  succeeded,
  timedOut,
  withPolicy,
} from "../kit/samples.ts"

const running = [added(), started()] as const
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
      .records(failed(), alertRaised(disabledAlert), disabled("failures", noon + hour))
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
