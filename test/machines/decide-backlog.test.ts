import { describe, expect, test } from "vitest"
import type { Policy } from "../../events/policy.ts"
import { firstOfLast } from "../../machines/backlog.ts"
import { nextRuns, occurrencesBetween } from "../../machines/next-due.ts"
import { requestOf } from "../../machines/request.ts"
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
  interruptRun,
  jobId,
  minute,
  noon,
  plan,
  settleRun,
  skipped,
  started,
  startRun,
  withPolicy,
} from "../kit/samples.ts"

const woke = noon + 3 * day + hour
const asked = at(woke, { by: clock, upSince: woke })

/** A daily job whose occurrences of noon and of the three days after it were missed. */
const missed = (catchUp: Policy["catchUp"], policy: Partial<Policy> = {}) =>
  added({
    schedule: daily,
    plan: plan(noon, { after: noon - day }),
    ...withPolicy({ catchUp, ...policy }),
  })

const queued = (from: number, to: number, count: number) =>
  ({ type: "occurrences.queued", revision: 1, from, to, count, cause: "catch-up" }) as const

const replanned = (to: ReturnType<typeof plan>) =>
  ({ type: "job.replanned", plan: to, previousDueAt: noon, reason: "skipped" }) as const

const next = plan(noon + 4 * day, { after: noon + 3 * day })

const caughtUp = (dueAt: number, to: ReturnType<typeof plan> | null = next) =>
  started({
    dueAt,
    trigger: "catch-up",
    lateMs: woke - dueAt,
    deadlineAt: woke + 10 * minute,
    plan: to,
  })

describe("catch-up with all", () => {
  test("one span waits, the first of it starts, and the plan is the one behind it", () => {
    given(missed({ mode: "all" }))
      .when(startRun(noon), asked)
      .records(queued(noon, noon + 3 * day, 4), replanned(next), caughtUp(noon))
  })

  test("only the latest of them, up to the maximum", () => {
    given(missed({ mode: "all", countMax: 2 }))
      .when(startRun(noon), asked)
      .records(
        skipped([noon, noon + day, 2], "window"),
        queued(noon + 2 * day, noon + 3 * day, 2),
        replanned(next),
        caughtUp(noon + 2 * day),
      )
  })

  test("only those within the window, its very edge included", () => {
    given(missed({ mode: "all", windowMs: day + hour }))
      .when(startRun(noon), asked)
      .records(
        skipped([noon, noon + day, 2], "window"),
        queued(noon + 2 * day, noon + 3 * day, 2),
        replanned(next),
        caughtUp(noon + 2 * day),
      )
    given(missed({ mode: "all", windowMs: minute }))
      .when(startRun(noon), asked)
      .records(skipped([noon, noon + 3 * day, 4], "window"), replanned(next))
  })

  test("no more than the job may still run", () => {
    const facts = factsOf(
      given(missed({ mode: "all" }, { runsMax: 2 })).state,
      startRun(noon),
      asked,
    )
    expect(facts.slice(0, 2)).toEqual([
      skipped([noon, noon + day, 2], "window"),
      queued(noon + 2 * day, noon + 3 * day, 2),
    ])
  })

  test("where nothing comes any more the last of them is the plan", () => {
    const last = plan(noon + 3 * day, { after: noon + 2 * day })
    given(missed({ mode: "all" }, { endAt: noon + 3 * day }))
      .when(startRun(noon), asked)
      .records(queued(noon, noon + 2 * day, 3), replanned(last), caughtUp(noon, last))
    given(addedOnce(withPolicy({ catchUp: { mode: "all" } })))
      .when(startRun(noon), asked)
      .records(caughtUp(noon, null))
  })

  test("each has its turn, oldest first, and what comes due meanwhile waits behind them", () => {
    let state = given(missed({ mode: "all" })).state
    const ran: Array<number> = []
    for (let turn = 0; turn < 5; turn += 1) {
      const now = noon + 4 * day + turn * hour
      const request = requestOf(state.context, { at: now, upSince: woke })
      expect(request.type).toBe("start-run")
      if (request.type !== "start-run") return
      ran.push((request.dueAt - noon) / day)
      const context = at(now, { by: clock, upSince: woke })
      state = evolveAll(state, factsOf(state, { ...request, runId: "run_1" }, context))
      state = evolveAll(state, factsOf(state, settleRun(answered), context))
    }
    expect(ran).toEqual([0, 1, 2, 3, 4])
    expect(state.context).toMatchObject({ backlog: [], claimedCount: 5 })
  })

  test("an interrupted one is tried again before the next of them", () => {
    const before = given(missed({ mode: "all" })).state
    const running = evolveAll(before, factsOf(before, startRun(noon), asked))
    const after = evolveAll(running, factsOf(running, interruptRun, asked))
    expect(requestOf(after.context, { at: woke, upSince: woke })).toMatchObject({
      dueAt: noon,
      attempt: 2,
    })
    expect(after.context.backlog).toMatchObject([{ after: noon, to: noon + 3 * day, count: 3 }])
  })

  test("a job that has run as often as it may gives up what is left", () => {
    const before = given(missed({ mode: "all" })).state
    const running = evolveAll(before, factsOf(before, startRun(noon), asked))
    const once = { type: "update-job", jobId, policy: { runsMax: 1 } } as const
    const told = { type: "job.updated", patch: withPolicy({ runsMax: 1 }), before: {} } as const
    expect(factsOf(running, { ...once, policy: { runsMax: 3 } }, asked)[0]).toMatchObject({
      plan: null,
    })
    const bounded = evolveAll(running, [{ ...told, previousDueAt: noon + 4 * day, plan: null }])
    expect(factsOf(bounded, settleRun(answered), asked)).toMatchObject([
      { type: "run.succeeded" },
      skipped([noon + day, noon + 3 * day, 3], "window"),
      disabled("ended", noon + 4 * day),
    ])
  })
})

describe("catch-up with the latest", () => {
  test("nothing runs when even that one lies before the window", () => {
    given(missed({ mode: "latest", windowMs: minute }))
      .when(startRun(noon), asked)
      .records(skipped([noon, noon + 3 * day, 4], "window"), replanned(next))
  })

  test("the edge of the window is within it", () => {
    const facts = factsOf(
      given(missed({ mode: "latest", windowMs: hour })).state,
      startRun(noon),
      asked,
    )
    expect(facts.at(-1)).toEqual(caughtUp(noon + 3 * day))
  })
})

describe("catch-up with none", () => {
  const none = missed({ mode: "none" })

  test("the job asks to be passed over, for which no slot is needed", () => {
    const request = requestOf(given(none).state.context, { at: woke, upSince: woke })
    expect(request).toEqual({ type: "catch-up-job", jobId, revision: 1, dueAt: noon })
    given(none)
      .when({ type: "catch-up-job", jobId, revision: 1, dueAt: noon }, asked)
      .records(skipped([noon, noon + 3 * day, 4], "downtime"), replanned(next))
  })

  test("is not passed over while a run is open, nor when it was not missed", () => {
    const command = { type: "catch-up-job", jobId, revision: 1, dueAt: noon } as const
    given(none, started({ plan: plan(noon) }))
      .when(command, asked)
      .isRefused("already-running")
    given(none)
      .when(command, at(noon + minute, { by: clock, upSince: noon }))
      .isRefused("not-due")
  })
})

describe("the first of the last so many occurrences", () => {
  const schedules = [
    daily,
    { type: "cron", expr: "*/7 1-5 * * 1-4", tz: "America/New_York" },
    { type: "cron", expr: "0 0 29 2 *", tz: "UTC" },
    { type: "every", everyMs: 7 * minute, anchorAt: noon, tz: "UTC" },
  ] as const

  test.each(schedules)("is found as by walking: %j", (schedule) => {
    const runs = nextRuns(schedule, { from: noon, count: 40 })
    const ends = { first: runs[0] ?? 0, last: runs.at(-1) ?? 0 }
    for (const countMax of [1, 2, 3, 20, 39, 40, 41, 1_000]) {
      expect(firstOfLast(schedule, ends, countMax)).toBe(runs.at(-countMax) ?? runs[0])
    }
    expect(firstOfLast(schedule, ends, Infinity)).toBe(runs[0])
    expect(occurrencesBetween(schedule, noon, ends.last)?.count).toBe(40)
  })

  test("of a year of every second is found at once", () => {
    const schedule = { type: "cron", expr: "* * * * * *", tz: "Europe/Vienna" } as const
    const ends = { first: noon, last: noon + 365 * day }
    expect(firstOfLast(schedule, ends, 100)).toBe(noon + 365 * day - 99_000)
  })
})
