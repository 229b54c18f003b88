import { describe, expect, test } from "vitest"
import type { JobFact } from "../../events/fact.ts"
import type { Policy } from "../../events/policy.ts"
import { evolveAll, factsOf, given } from "../kit/given.ts"
import {
  added,
  addJob,
  alertRaised,
  answered,
  at,
  cancelled,
  chat,
  failed,
  failedAs,
  hour,
  interruptRun,
  minute,
  noon,
  otherChat,
  plan,
  rescheduled,
  runId,
  settleRun,
  started,
  timedOut,
  withPolicy,
} from "../kit/samples.ts"

const alert = { after: 2, cooldownMs: hour }
const soon = noon + minute

/** A job that failed once already, and runs again. */
const failing = (policy: Partial<Policy> = {}) => [
  added({ name: "digest", ...withPolicy({ alert, ...policy }) }),
  started(),
  failed(),
  rescheduled(plan(noon + hour)),
  started(),
]

const alertsIn = (facts: ReadonlyArray<JobFact>) =>
  facts.filter(({ type }) => type === "alert.raised" || type === "alert.cleared")

const settledWith = (
  history: ReadonlyArray<JobFact>,
  outcome: Parameters<typeof settleRun>[0],
  now = soon,
) => alertsIn(factsOf(given(...history).state, settleRun(outcome), at(now)))

describe("alerts", () => {
  test("the second failure in a row is told of, between the outcome and what follows", () => {
    const facts = factsOf(given(...failing()).state, settleRun(failedAs("fatal")), at(soon))
    expect(facts.map(({ type }) => type)).toEqual(["run.failed", "alert.raised", "job.rescheduled"])
    expect(facts[1]).toEqual(alertRaised())
  })

  test("a timeout counts, a cancellation and an interruption do not", () => {
    expect(settledWith(failing(), timedOut)).toMatchObject([
      { message: "digest failed 2 times in a row: it took longer than 10m." },
    ])
    expect(settledWith(failing(), cancelled)).toEqual([])
    const { state } = given(...failing())
    expect(alertsIn(factsOf(state, interruptRun, at(soon)))).toEqual([])
  })

  test("the first is not told of, and with after 0 none is", () => {
    const first = [added(withPolicy({ alert })), started()]
    expect(settledWith(first, failedAs("fatal"))).toEqual([])
    expect(settledWith(failing({ alert: { ...alert, after: 0 } }), failedAs("fatal"))).toEqual([])
    expect(
      settledWith([added(withPolicy({ alert: { ...alert, after: 1 } })), started()], timedOut),
    ).toHaveLength(1)
  })

  test("once per cooldown, whichever way the clock was set", () => {
    const told = [...failing(), failed(), alertRaised(), rescheduled(plan(noon)), started()]
    expect(settledWith(told, failedAs("fatal"), soon + hour - 1)).toEqual([])
    expect(settledWith(told, failedAs("fatal"), soon + hour)).toHaveLength(1)
    expect(settledWith(told, failedAs("fatal"), soon - hour)).toHaveLength(1)
  })

  test("a success after an alert is told of once", () => {
    const told = [...failing(), failed(), alertRaised(), rescheduled(plan(noon)), started()]
    expect(settledWith(told, answered)).toEqual([
      {
        type: "alert.cleared",
        cause: "failures",
        failuresInRow: 0,
        runId,
        raisedAt: soon,
        deliverTo: chat,
        message: "digest succeeded again.",
      },
    ])
    const { state } = given(...told)
    const after = evolveAll(state, factsOf(state, settleRun(answered), at(soon)))
    const again = evolveAll(after, [started()])
    expect(alertsIn(factsOf(again, settleRun(answered), at(soon)))).toEqual([])
    expect(settledWith(failing(), answered)).toEqual([])
  })

  test("a job that is disabled for it says so, also within the cooldown", () => {
    const twice = [...failing({ disableAfterFailures: 3 }), failed(), alertRaised()]
    const told = [...twice, rescheduled(plan(noon + hour)), started()]
    expect(settledWith(told, failedAs("fatal"))).toMatchObject([
      { cause: "disabled", failuresInRow: 3, message: expect.stringMatching(/disabled now/) },
    ])
  })

  test("goes to the chat that the policy names", () => {
    const elsewhere = { alert: { ...alert, ...otherChat } }
    expect(settledWith(failing(elsewhere), failedAs("fatal"))).toMatchObject([
      { deliverTo: otherChat },
    ])
    const inSameChannel = { alert: { ...alert, chatId: "watch" } }
    expect(settledWith(failing(inSameChannel), failedAs("fatal"))).toMatchObject([
      { deliverTo: { ...chat, chatId: "watch" } },
    ])
  })

  test("a long error is cut", () => {
    const outcome = {
      type: "failed",
      error: { name: "E", message: "x".repeat(5_000), class: "fatal" },
    } as const
    const [fact] = settledWith(failing(), outcome)
    expect(fact).toMatchObject({ message: `digest failed 2 times in a row: ${"x".repeat(300)}.` })
  })

  test("a channel that is not there, or that names no chat, is refused at once", () => {
    given()
      .when(addJob({ policy: { alert: { channel: "smoke", chatId: "hill" } } }), at(noon))
      .isRefused("unknown-channel")
    given()
      .when(addJob({ policy: { alert: { channel: "file" } } }), at(noon))
      .isRefused("invalid-input", /no chat/)
  })
})
