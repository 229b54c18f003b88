import { describe, expect, test } from "vitest"
import { jitterOf, wakeOf } from "../../machines/jitter.ts"
import { factsOf, given } from "../kit/given.ts"
import {
  added,
  addJob,
  answered,
  at,
  clock,
  daily,
  day,
  disabled,
  hour,
  jobId,
  minute,
  noon,
  once,
  plan,
  rescheduled,
  settleRun,
  skipped,
  started,
  startRun,
  succeeded,
  withPolicy,
} from "../kit/samples.ts"

const soon = noon + minute
const update = (policy: object) => ({ type: "update-job", jobId, policy }) as const

describe("bounds", () => {
  test("the first plan lies within them", () => {
    const facts = factsOf(
      given().state,
      addJob({ policy: { startAt: noon + 90 * minute } }),
      at(noon),
    )
    expect(facts).toMatchObject([{ plan: { after: noon, dueAt: noon + 2 * hour } }])
  })

  test.each([
    { endAt: noon + 59 * minute },
    { endAt: noon - day },
    { startAt: noon + 61 * minute, endAt: noon + 90 * minute },
  ])("a job without an occurrence within %j is refused", (policy) => {
    given()
      .when(addJob({ policy }), at(noon))
      .isRefused("never-fires", /startAt and endAt/)
  })

  test("an end before the beginning is refused", () => {
    given()
      .when(addJob({ policy: { startAt: noon + day, endAt: noon } }), at(noon))
      .isRefused("invalid-input", /endAt/)
  })

  test("behind the last one the job has ended", () => {
    given(added(withPolicy({ endAt: noon + minute })), started({ plan: null }))
      .when(settleRun(answered), at(soon))
      .records(succeeded(), disabled("ended"))
    given(added(withPolicy({ runsMax: 1 })))
      .when(startRun(noon), at(noon, { by: clock }))
      .records(started({ plan: null }))
  })

  test("a job that is over is not enabled before its bounds are moved", () => {
    const over = [added(withPolicy({ runsMax: 1 })), started({ plan: null }), succeeded()] as const
    given(...over, disabled("ended"))
      .when({ type: "enable-job", jobId }, at(soon))
      .isRefused("never-fires", /has run 1 times/)
    given(...over, disabled("ended"))
      .when(update({ runsMax: 2 }), at(soon))
      .leadsTo("disabled")
  })

  test("moved while the last run is open, the job goes on", () => {
    const facts = factsOf(
      given(added(withPolicy({ runsMax: 1 })), started({ plan: null })).state,
      update({ runsMax: 5 }),
      at(soon),
    )
    expect(facts).toMatchObject([{ plan: { revision: 2, dueAt: noon + hour } }])
  })

  test("moved before the next occurrence, that is planned anew; one that is due stays", () => {
    const facts = factsOf(
      given(added()).state,
      update({ startAt: noon + 90 * minute }),
      at(noon - 1),
    )
    expect(facts).toMatchObject([
      { type: "job.updated", plan: { revision: 2, dueAt: noon + 2 * hour } },
    ])
    expect(factsOf(given(added()).state, update({ endAt: noon - 1 }), at(noon))).toMatchObject([
      { plan: null },
    ])
    expect(
      factsOf(given(added()).state, update({ endAt: noon + day }), at(noon - 1)),
    ).toMatchObject([{ plan: null }])
  })
})

describe("jitter", () => {
  const jittery = { policy: { jitterMs: 10 * minute } }
  const offset = jitterOf(jobId, 10 * minute)

  test("follows from the id alone, and is spread out", () => {
    const offsets = Array.from({ length: 1_000 }, (_, index) => jitterOf(`job_${index}`, 99))
    const counts = Array.from({ length: 100 }, () => 0)
    for (const one of offsets) counts[one] = (counts[one] ?? 0) + 1
    expect(Math.max(...counts)).toBeLessThan(30)
    expect(counts.filter((count) => count === 0).length).toBeLessThan(5)
    expect(offset).toBe(jitterOf(jobId, 10 * minute))
    expect(jitterOf(jobId, 0)).toBe(0)
  })

  test("is in the plan, and the due time does not move", () => {
    expect(offset).toBeGreaterThan(0)
    const facts = factsOf(given().state, addJob(jittery), at(noon))
    expect(facts).toMatchObject([{ plan: { dueAt: noon + hour, wakeAt: noon + hour + offset } }])
  })

  test("nothing starts before it, and nothing passed before it", () => {
    const job = added({
      ...withPolicy(jittery.policy),
      plan: { ...plan(noon), wakeAt: noon + offset },
    })
    given(job)
      .when(startRun(noon), at(noon + offset - 1, { by: clock }))
      .isRefused("not-due")
    const standing = { ...plan(noon + hour), wakeAt: noon + hour + offset }
    given(job, started({ plan: standing }))
      .when(settleRun(answered), at(noon + hour + offset - 1))
      .records(succeeded({ durationMs: hour + offset - 1 }), rescheduled(standing))
    const facts = factsOf(
      given(job, started({ plan: standing })).state,
      settleRun(answered),
      at(noon + hour + offset),
    )
    expect(facts[1]).toEqual(skipped([noon + hour, noon + hour, 1], "overlap"))
  })

  test.each([
    ["every hour", { every: "1h" }, hour],
    ["twice close together", { cron: "0,5 9 * * *" }, 5 * minute],
  ])("is refused when it may reach the next occurrence: %s", (_, schedule, shortestMs) => {
    given()
      .when(addJob({ schedule, policy: { jitterMs: shortestMs } }), at(noon))
      .isRefused("invalid-input", /jitterMs/)
    given()
      .when(addJob({ schedule, policy: { jitterMs: shortestMs - 1 } }), at(noon))
      .leadsTo("enabled")
  })

  test("a schedule that is too close for it is refused as well", () => {
    given(added(withPolicy({ jitterMs: 30 * minute })))
      .when({ type: "update-job", jobId, schedule: { every: "30m" } }, at(noon - 1))
      .isRefused("invalid-input", /jitterMs/)
  })

  test("never reaches the next occurrence, even where the clocks bring it nearer", () => {
    expect(wakeOf({ dueAt: noon, followedAt: noon + minute }, hour)).toBe(noon + minute - 1)
    expect(wakeOf({ dueAt: noon, followedAt: undefined }, hour)).toBe(noon + hour)
  })

  test("changed, it wakes the standing plan at another time; the plan stays", () => {
    const facts = factsOf(given(added()).state, update({ jitterMs: 10 * minute }), at(noon - 1))
    expect(facts).toMatchObject([
      { plan: { revision: 1, dueAt: noon, after: noon - hour, wakeAt: noon + offset } },
    ])
  })
})

describe("replan-job", () => {
  const replan = (reason: "clock-jumped" | "zone-data") =>
    ({ type: "replan-job", jobId, reason }) as const
  const tomorrow = plan(noon + day, { after: noon })
  const jumpedBack = noon - 5 * hour

  test("after a clock that was wrong by hours, the plan begins afresh", () => {
    given(added({ schedule: daily, plan: tomorrow }))
      .when(replan("clock-jumped"), at(jumpedBack))
      .records({
        type: "job.replanned",
        plan: plan(noon, { revision: 2, after: jumpedBack }),
        previousDueAt: noon + day,
        reason: "clock-jumped",
      })
  })

  test("behind what ran within three hours, also then", () => {
    const ran = [added({ schedule: daily, plan: plan(noon) }), started({ plan: tomorrow })] as const
    given(...ran, succeeded(), rescheduled(tomorrow))
      .when(replan("clock-jumped"), at(noon - 2 * hour))
      .changesNothing()
  })

  test("what is due stays due, what fires once stays, and what is disabled has no plan", () => {
    given(added()).when(replan("clock-jumped"), at(noon)).changesNothing()
    given(added({ schedule: once, plan: plan(noon, { after: noon - 1 }) }))
      .when(replan("clock-jumped"), at(noon - day))
      .changesNothing()
    given(added(), disabled("manual"))
      .when(replan("clock-jumped"), at(noon - day))
      .changesNothing()
  })

  test("gives up what the wrong clock had queued or planned to try again", () => {
    const queued = { revision: 1, from: noon, to: noon + hour, count: 2 } as const
    const job = given(
      added({ schedule: daily, plan: plan(noon) }),
      { type: "occurrences.queued", ...queued, cause: "catch-up" },
      { type: "job.replanned", plan: tomorrow, previousDueAt: noon, reason: "skipped" },
    )
    const after = job.when(replan("clock-jumped"), at(jumpedBack)).leadsTo("enabled")
    expect(after.context).toMatchObject({ backlog: [], retry: null, plan: { revision: 2 } })
  })

  test("with new zone data only where the time is another, at the same link of the chain", () => {
    const planned = { ...plan(noon + hour, { after: noon - day }), planner: "tzdata@old" }
    given(added({ schedule: daily, plan: planned }))
      .when(replan("zone-data"), at(noon - hour))
      .records({
        type: "job.replanned",
        plan: plan(noon, { revision: 2, after: noon - day }),
        previousDueAt: noon + hour,
        reason: "zone-data",
      })
    given(
      added({ schedule: daily, plan: { ...plan(noon, { after: noon - day }), planner: "old" } }),
    )
      .when(replan("zone-data"), at(noon - hour))
      .changesNothing()
  })

  test("a run that is open may be tried again under the new revision", () => {
    const anew = {
      type: "job.replanned",
      plan: plan(noon + 2 * hour, { revision: 2, after: noon }),
      previousDueAt: noon + hour,
      reason: "zone-data",
    } as const
    const facts = factsOf(
      given(added(), started(), anew).state,
      settleRun({ type: "timed-out" }),
      at(noon + 10 * minute),
    )
    expect(facts.at(-1)).toMatchObject({ type: "retry.planned", revision: 1, attempt: 2 })
  })
})
