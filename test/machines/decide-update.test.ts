import { describe, expect, test } from "vitest"
import { factsOf, given } from "../kit/given.ts"
import { defaultPolicy } from "../../machines/policy.ts"
import {
  added,
  addedOnce,
  at,
  chat,
  daily,
  day,
  disabled,
  failed,
  hour,
  jobId,
  minute,
  noon,
  once,
  plan,
  rescheduled,
  retryPlanned,
  second,
  skipped,
  started,
  startedByHand,
  succeeded,
} from "../kit/samples.ts"

const updateJob = (changes: object) => ({ type: "update-job", jobId, ...changes }) as const

describe("update-job", () => {
  test("refuses what add-job would refuse, and changes nothing", () => {
    const job = given(added())

    job.when(updateJob({ channel: "smoke" }), at(noon)).isRefused("unknown-channel")
    job.when(updateJob({ schedule: { at: noon - day } }), at(noon)).isRefused("in-past")
    job.when(updateJob({ schedule: { cron: "0 0 30 2 *" } }), at(noon)).isRefused("never-fires")
    job.when(updateJob({ policy: { gate: "any" } }), at(noon)).isRefused("invalid-input")
  })

  test("refuses a single time that the job is accounted for", () => {
    given(added(), started(), succeeded(), rescheduled(plan(noon + hour)))
      .when(updateJob({ schedule: { at: noon } }), at(noon + 20 * second))
      .isRefused("in-past")
  })

  test("what is blank, absent or as it was changes nothing (behaviour 86)", () => {
    const job = given(added())
    const same = { name: "digest", prompt: "Summarise my inbox.", ...chat, model: null }

    job.when(updateJob({}), at(noon)).changesNothing()
    job.when(updateJob(same), at(noon)).changesNothing()
    job
      .when(updateJob({ name: "", prompt: " ", model: "", channel: "", chatId: "" }), at(noon))
      .changesNothing()
    job.when(updateJob({ schedule: { every: "60m" } }), at(noon + minute)).changesNothing()
    job.when(updateJob({ policy: { timeoutMs: 600_000 } }), at(noon)).changesNothing()
  })

  test("records only what changed, and what it was before (behaviour 86)", () => {
    given(added({ model: "large" }))
      .when(updateJob({ name: "evening", prompt: "Summarise my inbox.", model: null }), at(noon))
      .records({
        type: "job.updated",
        patch: { name: "evening", model: null },
        before: { name: "digest", model: "large" },
        previousDueAt: noon,
        plan: null,
      })
  })

  test("a part of a policy leaves the rest of it alone", () => {
    const after = given(added({ policy: { ...defaultPolicy, disableAfterFailures: 3 } }))
      .when(updateJob({ policy: { retry: { attemptsMax: 7 } } }), at(noon - 1))
      .leadsTo("enabled")

    expect(after.context.definition.policy).toEqual({
      ...defaultPolicy,
      disableAfterFailures: 3,
      retry: { ...defaultPolicy.retry, attemptsMax: 7 },
    })
  })

  test("a new schedule is planned from now, under a new revision", () => {
    const now = noon - minute

    given(added())
      .when(updateJob({ schedule: { cron: "0 12 * * *" } }), at(now))
      .records({
        type: "job.updated",
        patch: { schedule: daily },
        before: { schedule: added().schedule },
        previousDueAt: noon,
        plan: plan(noon, { revision: 2, after: now }),
      })
  })

  test("a schedule without a zone stays in the zone of the job", () => {
    const vienna = { type: "cron", expr: "0 9 * * *", tz: "Europe/Vienna" } as const
    const after = given(added({ schedule: vienna }))
      .when(updateJob({ schedule: { cron: "0 10 * * *" } }), at(noon - minute))
      .leadsTo("enabled")

    expect(after.context.definition.schedule).toEqual({ ...vienna, expr: "0 10 * * *" })
    expect(after.context.plan?.dueAt).toBe(Date.UTC(2026, 10, 25, 9))
  })

  test("what is due and not started under the old schedule is skipped first", () => {
    const now = noon + hour + minute
    const facts = factsOf(given(added()).state, updateJob({ schedule: { every: "2h" } }), at(now))

    expect(facts).toMatchObject([
      skipped([noon, noon + hour, 2], "schedule-changed"),
      { type: "job.updated", plan: { revision: 2, after: now, dueAt: now + 2 * hour } },
    ])
  })

  test("a name alone skips nothing", () => {
    const facts = factsOf(given(added()).state, updateJob({ name: "x" }), at(noon + hour))

    expect(facts).toMatchObject([{ type: "job.updated", plan: null }])
  })

  test("away and back before it is due runs once, and the first plan is superseded (behaviour 44b)", () => {
    const now = noon - hour
    const there = given(addedOnce())
      .when(updateJob({ schedule: { at: noon + hour } }), at(now))
      .leadsTo("enabled")
    const [back] = factsOf(there, updateJob({ schedule: { at: noon } }), at(now))

    expect(back).toMatchObject({
      previousDueAt: noon + hour,
      plan: { revision: 3, after: noon - 1, dueAt: noon },
    })
  })

  test("a run in flight is untouched, and the new schedule is planned (behaviour 40)", () => {
    const now = noon + minute
    const after = given(added(), started())
      .when(updateJob({ schedule: { at: noon + day } }), at(now))
      .leadsTo("running.active")

    expect(after.context.openRuns).toEqual(given(added(), started()).state.context.openRuns)
    expect(after.context.plan).toMatchObject({ revision: 2, dueAt: noon + day })
  })

  test("a retry of the old schedule is given up with it", () => {
    const after = given(added(), started(), failed(), retryPlanned())
      .when(updateJob({ schedule: { every: "2h" } }), at(noon + 70 * second))
      .leadsTo("rescheduled")

    expect(after.context.retry).toBeNull()
  })

  test("a disabled job keeps the new schedule and plans nothing", () => {
    const patch = { schedule: { ...once, at: noon + day } }
    const facts = { type: "job.updated", patch, previousDueAt: null, plan: null } as const
    const command = updateJob({ schedule: { at: noon + day } })

    given(addedOnce(), disabled("manual"))
      .when(command, at(noon + hour))
      .records({ ...facts, before: { schedule: once } })
    given(addedOnce(), disabled("manual"), startedByHand(noon, null))
      .when(command, at(noon + hour))
      .records({ ...facts, before: { schedule: once } })
  })
})
