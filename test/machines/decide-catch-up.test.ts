import { describe, expect, test } from "vitest"
import type { JobFact } from "../../events/fact.ts"
import { evolveAll, factsOf, given } from "../kit/given.ts"
import {
  added,
  addedOnce,
  answered,
  at,
  clock,
  daily,
  day,
  disabled,
  hour,
  minute,
  noon,
  plan,
  rescheduled,
  runJob,
  second,
  settleRun,
  skipped,
  started,
  startedByHand,
  startRun,
  succeeded,
  withPolicy,
} from "../kit/samples.ts"

describe("catch-up", () => {
  const missed = added({ schedule: daily, plan: plan(noon, { after: noon - day }) })
  const now = noon + 2 * day + hour
  const asked = at(now, { by: clock, upSince: now - second })

  test("latest: all but the last are skipped, the last one starts (behaviour 34)", () => {
    given(missed)
      .when(startRun(noon), asked)
      .records(
        skipped([noon, noon + day, 2], "downtime"),
        started({
          dueAt: noon + 2 * day,
          trigger: "catch-up",
          lateMs: hour,
          deadlineAt: now + 10 * minute,
          plan: plan(noon + 3 * day, { after: noon + 2 * day }),
        }),
      )
  })

  test("latest with only one missed skips nothing", () => {
    const woke = noon + hour

    given(missed)
      .when(startRun(noon), at(woke, { upSince: woke }))
      .records(
        started({
          trigger: "catch-up",
          lateMs: hour,
          deadlineAt: woke + 10 * minute,
          plan: plan(noon + day, { after: noon }),
        }),
      )
  })

  test("a single time that was missed runs late (behaviour 33)", () => {
    given(addedOnce())
      .when(startRun(noon), at(noon + day, { upSince: noon + day }))
      .records(
        started({
          trigger: "catch-up",
          lateMs: day,
          deadlineAt: noon + day + 10 * minute,
          plan: null,
        }),
      )
  })

  test("days of a job of every second are one span, and its count is not walked (behaviour 34)", () => {
    const everySecond = added({
      schedule: { type: "every", everyMs: second, anchorAt: noon, tz: "UTC" },
      plan: plan(noon, { after: noon - 1 }),
    })
    const woke = noon + 3 * day

    given(everySecond)
      .when(startRun(noon), at(woke, { upSince: woke }))
      .records(
        skipped([noon, woke - second, null], "downtime"),
        started({
          dueAt: woke,
          trigger: "catch-up",
          deadlineAt: woke + 10 * minute,
          plan: plan(woke + second, { after: woke }),
        }),
      )
  })

  test("none: all are skipped and the next is planned (behaviour 34)", () => {
    const policy = withPolicy({ catchUp: { mode: "none" } })

    given({ ...missed, ...policy })
      .when(startRun(noon), asked)
      .records(skipped([noon, noon + 2 * day, 3], "downtime"), {
        type: "job.replanned",
        plan: plan(noon + 3 * day, { after: noon + 2 * day }),
        previousDueAt: noon,
        reason: "skipped",
      })
    given(addedOnce(policy))
      .when(startRun(noon), asked)
      .records(skipped([noon, noon, 1], "downtime"), disabled("exhausted", noon))
  })

  test("none skips only what was missed: what came since is late, and still planned", () => {
    const woke = noon + day - minute
    const facts = factsOf(
      given({ ...missed, ...withPolicy({ catchUp: { mode: "none" } }) }).state,
      startRun(noon),
      at(noon + day, { upSince: woke }),
    )

    expect(facts).toMatchObject([
      skipped([noon, noon, 1], "downtime"),
      { type: "job.replanned", plan: { dueAt: noon + day } },
    ])
  })

  test("all: each one runs, one after the other (behaviour 34)", () => {
    const policy = withPolicy({ catchUp: { mode: "all" } })
    const runs: Array<JobFact> = []
    let state = given({ ...missed, ...policy }).state
    for (const dueAt of [noon, noon + day, noon + 2 * day]) {
      for (const command of [startRun(dueAt), settleRun(answered)]) {
        const facts = factsOf(state, command, asked)
        state = evolveAll(state, facts)
        runs.push(...facts)
      }
    }

    expect(runs.map(({ type }) => type)).not.toContain("occurrences.skipped")
    expect(state).toMatchObject({ value: "rescheduled", context: { claimedCount: 3 } })
    expect(state.context.plan?.dueAt).toBe(noon + 3 * day)
  })
})

describe("the fuse", () => {
  const runsAt = (times: ReadonlyArray<number>): ReadonlyArray<JobFact> =>
    times.flatMap((time, index) => [
      startedByHand(time, plan(noon)),
      succeeded(),
      rescheduled(plan(noon + index)),
    ])

  test("blows at more than 60 starts in a minute, and says when it is whole again", () => {
    const minuteAt = noon - hour
    const burst = Array.from({ length: 60 }, (_, index) => minuteAt + index)
    const refusal = given(added(), ...runsAt(burst))
      .when(runJob, at(minuteAt + minute - 1))
      .isRefused("capacity", /60 times/)

    expect(refusal.hint).toMatch(/11:01:00/)
    given(added(), ...runsAt(burst))
      .when(runJob, at(minuteAt + minute))
      .leadsTo("running.active")
  })

  test("a job of every second is fine, even when each start is late by another while", () => {
    const schedule = { type: "every", everyMs: second, anchorAt: noon, tz: "UTC" } as const
    let state = given(added({ schedule, plan: plan(noon, { after: noon - 1 }) })).state
    for (let index = 0; index < 180; index += 1) {
      const dueAt = noon + index * second
      const now = dueAt + ((index * 37) % 400)
      state = evolveAll(state, factsOf(state, startRun(dueAt), at(now)))
      state = evolveAll(state, factsOf(state, settleRun(answered), at(now + 100)))
    }

    expect(state.context.claimedCount).toBe(180)
  })
})
