import { Result } from "effect"
import { describe, expect, test } from "vitest"
import { decide } from "../../machines/decide.ts"
import { defaultPolicy } from "../../machines/policy.ts"
import { initial } from "../../machines/table.ts"
import { factsOf, given } from "../kit/given.ts"
import {
  added,
  addedOnce,
  addJob,
  agent,
  at,
  chat,
  daily,
  day,
  disabled,
  disableJob,
  enableJob,
  hour,
  jobId,
  minute,
  noon,
  once,
  otherChat,
  plan,
  planner,
  removed,
  removeJob,
  rescheduled,
  retryPlanned,
  runJob,
  second,
  skipped,
  started,
  startedByHand,
  succeeded,
  failed,
} from "../kit/samples.ts"
import { sampleFacts } from "../kit/walks.ts"

const updateJob = (changes: object) => ({ type: "update-job", jobId, ...changes }) as const

describe("add-job", () => {
  test("refuses an id that a job has, or had", () => {
    given(added()).when(addJob(), at(noon)).isRefused("exists")
    given(added(), removed("manual", noon))
      .when(addJob(), at(noon))
      .isRefused("exists", /removed/)
  })

  test("refuses a key that a job holds, and names the job (behaviour 44)", () => {
    const refusal = given()
      .when(addJob({ key: "digest" }), at(noon, { keyOwner: "job_other" }))
      .isRefused("exists", /"digest".*job_other/)

    expect(refusal.matches).toEqual(["job_other"])
  })

  test("a key that is held answers before anything else is looked at (behaviour 44)", () => {
    const again = addJob({ key: "digest", schedule: { at: noon - day } })

    given()
      .when(again, at(noon, { keyOwner: "job_other" }))
      .isRefused("exists")
  })

  test.each([
    ["prompt", { prompt: "" }, /prompt is required/],
    ["prompt of blanks", { prompt: " \n" }, /prompt is required/],
    ["chat", { chatId: "" }, /chat_id is required/],
  ])("refuses a missing %s (behaviour 83)", (_, changes, words) => {
    given().when(addJob(changes), at(noon)).isRefused("invalid-input", words)
  })

  test("refuses a channel that is not configured and lists those that are (behaviour 82)", () => {
    const refusal = given()
      .when(addJob({ channel: "smoke" }), at(noon))
      .isRefused("unknown-channel", /Unknown channel "smoke"/)

    expect(refusal.matches).toEqual(["cli_chat", "file"])
  })

  test("refuses a schedule that has passed, never fires or cannot be read", () => {
    given()
      .when(addJob({ schedule: { at: noon - 5 * minute } }), at(noon))
      .isRefused("in-past")
    given()
      .when(addJob({ schedule: { cron: "0 0 30 2 *" } }), at(noon))
      .isRefused("never-fires")
    given()
      .when(addJob({ schedule: { cron: "60 * * * *" } }), at(noon))
      .isRefused("invalid-schedule")
    given()
      .when(addJob({ schedule: { cron: "0 9 * * *", tz: "CST" } }), at(noon))
      .isRefused("unknown-zone")
  })

  test("refuses a policy that this release does not carry out", () => {
    given()
      .when(addJob({ policy: { overlap: "queue-one" } }), at(noon))
      .isRefused("invalid-input", /not available in this release/)
  })

  test("refuses a scheduled run that schedules, and tells the model why (behaviour 45)", () => {
    const by = { ...agent, runId: "run_9" }
    const refusal = given()
      .when(addJob(), at(noon, { by }))
      .isRefused("self-scheduling", /run_9/, /for ever/)

    expect(refusal.hint).toMatch(/Do not try again/)
    given()
      .when(addJob(), at(noon, { by, runMayWrite: false }))
      .isRefused("self-scheduling")
    expect(factsOf(initial, addJob(), at(noon, { by, runMayWrite: true }))).toHaveLength(1)
  })

  test("refuses an agent that makes a job in another chat's name", () => {
    given()
      .when(addJob({ owner: otherChat }), at(noon, { by: agent }))
      .isRefused("forbidden")
  })

  test("records everything resolved, with the first plan", () => {
    given()
      .when(addJob({ key: "digest", schedule: { every: "1h", anchorAt: noon } }), at(noon - minute))
      .records({
        ...added({ key: "digest", name: "Summarise my inbox.", policy: defaultPolicy }),
        plan: { revision: 1, after: noon - minute, dueAt: noon, wakeAt: noon, planner },
      })
  })

  test("a time within the last minute is accepted and starts at once (behaviour 14)", () => {
    const dueAt = noon - 30 * second
    const [fact] = factsOf(initial, addJob({ schedule: { at: dueAt } }), at(noon))

    expect(fact).toMatchObject({ plan: { revision: 1, after: dueAt - 1, dueAt, wakeAt: noon } })
  })

  test("a name is the first 50 characters of the prompt, cut on a code point (behaviour 80)", () => {
    const prompt = "👩‍🚀".repeat(40)
    const [fact] = factsOf(initial, addJob({ prompt }), at(noon))

    expect(fact).toMatchObject({ name: Array.from(prompt).slice(0, 50).join("") })
    expect(factsOf(initial, addJob({ prompt: "short", name: " " }), at(noon))).toMatchObject([
      { name: "short" },
    ])
    expect(factsOf(initial, addJob({ prompt: "x", name: "digest" }), at(noon))).toMatchObject([
      { name: "digest" },
    ])
  })
})

describe("who may write", () => {
  const writes = [updateJob({ name: "x" }), enableJob, disableJob, removeJob, runJob]

  test.each(writes)("$type of a job that is not there is not found", (command) => {
    given()
      .when(command, at(noon))
      .isRefused("not-found", new RegExp(`Job ${jobId} not found`))
  })

  test.each(writes)("$type from inside a run is refused (behaviour 45)", (command) => {
    const by = { ...agent, runId: "run_9" }

    given(added())
      .when(command, at(noon - 1, { by }))
      .isRefused("self-scheduling")
  })

  test.each(writes)("$type by an agent of another chat is forbidden", (command) => {
    const by = { ...agent, ...otherChat }

    given(added())
      .when(command, at(noon - 1, { by }))
      .isRefused("forbidden")
  })

  test.each(writes)(
    "$type is allowed to people, own agents, and all when configured",
    (command) => {
      const { state } = given(added())
      const stranger = { ...agent, ...otherChat }
      const contexts = [
        at(noon - 1),
        at(noon - 1, { by: agent }),
        at(noon - 1, { by: stranger, agentsSeeAll: true }),
        at(noon - 1, { by: { ...agent, runId: "run_9" }, runMayWrite: true }),
      ]
      for (const context of contexts)
        expect(Result.isSuccess(decide(state, command, context))).toBe(true)
    },
  )

  test.each([updateJob({ name: "x" }), enableJob, disableJob])(
    "$type comes too late for a job that goes away",
    (command) => {
      given(added(), started(), { type: "job.removal-requested" })
        .when(command, at(noon + minute))
        .isRefused("removed")
    },
  )

  test("a removed job is not found, but removing it again is no fault", () => {
    const gone = given(added(), removed("manual", noon))

    gone.when(enableJob, at(noon)).isRefused("not-found", /removed/)
    gone.when(runJob, at(noon)).isRefused("not-found")
    gone.when(removeJob, at(noon)).changesNothing()
  })
})

describe("enable-job", () => {
  test("refuses a single time that has passed (behaviour 42)", () => {
    given(addedOnce(), disabled("manual", noon))
      .when(enableJob, at(noon + 1))
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

test("a refusal says what the state would accept", () => {
  const refusal = given(added(), sampleFacts["job.disabled"])
    .when(enableJob, at(noon, { by: { ...agent, ...otherChat } }))
    .isRefused("forbidden")

  expect(refusal.allowed).toEqual(["update-job", "enable-job", "remove-job", "run-job"])
})
