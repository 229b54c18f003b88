import { describe, expect, test } from "vitest"
import { requestOf } from "../../machines/request.ts"
import { evolveAll, factsOf, given } from "../kit/given.ts"
import {
  added,
  addedOnce,
  answered,
  at,
  clock,
  disabled,
  disableJob,
  enableJob,
  failedAs,
  failed,
  hour,
  jobId,
  minute,
  noon,
  plan,
  rescheduled,
  retryPlanned,
  runJob,
  settleRun,
  skipped,
  started,
  startedByHand,
  startRun,
  withPolicy,
} from "../kit/samples.ts"

const pauseJob = { type: "pause-job", jobId } as const
const pausedUntil = (until: number) => ({ ...pauseJob, until })
const resumeJob = { type: "resume-job", jobId } as const
const paused = { type: "job.paused", until: null } as const
const resumed = (to: ReturnType<typeof plan> | null) => ({ type: "job.resumed", plan: to }) as const

describe("pause-job", () => {
  test("keeps the plan, and nothing starts but by hand", () => {
    const after = given(added())
      .when(pauseJob, at(noon - hour))
      .records(paused)
    expect(after).toMatchObject({ value: "enabled", context: { paused: true, plan: plan(noon) } })
    given(added(), paused)
      .when(startRun(noon), at(noon, { by: clock }))
      .isRefused("not-due", /paused/)
    given(added(), paused).when(runJob, at(noon)).leadsTo("running.active")
  })

  test("a second time it changes only the end", () => {
    given(added(), paused)
      .when(pauseJob, at(noon - hour))
      .changesNothing()
    given(added(), paused)
      .when(pausedUntil(noon), at(noon - hour))
      .records({ ...paused, until: noon })
  })

  test("refuses an end that has passed, and a job that fires nothing", () => {
    given(added()).when(pausedUntil(noon), at(noon)).isRefused("in-past")
    given(added(), disabled("manual"))
      .when(pauseJob, at(noon))
      .isRefused("invalid-input", /disabled/)
    given(added(), started(), { type: "job.disable-requested" })
      .when(pauseJob, at(noon))
      .isRefused("invalid-input")
  })

  test("what came due during an open run, before the pause, did not run because of that run", () => {
    given(added(), started())
      .when(pauseJob, at(noon + 90 * minute))
      .records(
        skipped([noon + hour, noon + hour, 1], "overlap"),
        {
          type: "job.replanned",
          plan: plan(noon + 2 * hour, { after: noon + hour }),
          previousDueAt: noon + hour,
          reason: "skipped",
        },
        paused,
      )
  })

  test("what came due behind a run by hand waits, and is the pause's", () => {
    given(added(), startedByHand(noon - minute, plan(noon)))
      .when(pauseJob, at(noon + minute))
      .records(paused)
  })

  test("an open run settles, and the plan stands", () => {
    given(added(), started(), paused)
      .when(settleRun(answered), at(noon + 90 * minute))
      .leadsTo("rescheduled")
    const facts = factsOf(
      given(added(), started(), paused).state,
      settleRun(answered),
      at(noon + 90 * minute),
    )
    expect(facts.at(-1)).toEqual(rescheduled(plan(noon + hour)))
  })
})

describe("resume-job", () => {
  test("skips what passed, and plans the next", () => {
    given(added(), paused)
      .when(resumeJob, at(noon + 2 * hour + minute))
      .records(
        skipped([noon, noon + 2 * hour, 3], "paused"),
        resumed(plan(noon + 3 * hour, { after: noon + 2 * hour })),
      )
  })

  test("where nothing passed the plan stands; where nothing is paused, nothing changes", () => {
    given(added(), paused)
      .when(resumeJob, at(noon - minute))
      .records(resumed(plan(noon)))
    given(added()).when(resumeJob, at(noon)).changesNothing()
  })

  test("is asked for by the job itself at the end, where what is due then runs", () => {
    const ending = { ...paused, until: noon + hour } as const
    const { state } = given(added(), ending)
    expect(requestOf(state.context, { at: noon + hour })).toEqual(resumeJob)
    const after = given(added(), ending)
      .when(resumeJob, at(noon + hour, { by: clock }))
      .records(skipped([noon, noon, 1], "paused"), resumed(plan(noon + hour, { after: noon })))
    expect(factsOf(after, startRun(noon + hour), at(noon + hour))).toMatchObject([{ lateMs: 0 }])
  })

  test("the clock does not end a pause that has no end, or not yet", () => {
    for (const until of [null, noon + hour]) {
      given(added(), { ...paused, until })
        .when(resumeJob, at(noon + hour - 1, { by: clock }))
        .isRefused("not-due")
    }
  })

  test("a single time that passed is over", () => {
    given(addedOnce(), paused)
      .when(resumeJob, at(noon + hour))
      .records(skipped([noon, noon, 1], "paused"), disabled("exhausted", noon))
  })

  test("a retry goes on waiting, unless the natural next passed", () => {
    const failing = [added(), started(), failed(), retryPlanned(), paused] as const
    const soon = given(...failing)
      .when(resumeJob, at(noon + 10 * minute))
      .records(resumed(plan(noon + hour)))
    expect(soon.context.retry).toMatchObject({ attempt: 2 })
    const late = evolveAll(
      given(...failing).state,
      factsOf(given(...failing).state, resumeJob, at(noon + 2 * hour)),
    )
    expect(late.context).toMatchObject({ retry: null, plan: { dueAt: noon + 3 * hour } })
  })

  test("during an open run nothing ends the job", () => {
    const last = withPolicy({ endAt: noon + hour })
    given(added(last), started(), paused)
      .when(resumeJob, at(noon + 2 * hour))
      .records(resumed(plan(noon + hour)))
  })
})

test("a paused job that is disabled was paused when it was due", () => {
  given(added(), paused)
    .when(disableJob, at(noon + hour))
    .records(skipped([noon, noon + hour, 2], "paused"), disabled("manual", noon))
})

test("who enables a job wants it to fire: its pause ends too", () => {
  const fresh = plan(noon + 2 * hour, { revision: 2, after: noon + 61 * minute })
  given(added(), paused, disabled("manual", noon))
    .when(enableJob, at(noon + 61 * minute))
    .records({ type: "job.enabled", plan: fresh, previousDueAt: null }, resumed(fresh))
})

test("a failure while it is paused plans its retry, which waits", () => {
  const facts = factsOf(
    given(added(), started(), paused).state,
    settleRun(failedAs("retryable")),
    at(noon + minute),
  )
  expect(facts.at(-1)).toEqual(retryPlanned())
})

describe("everything was paused", () => {
  const resumedAt = noon + 2 * hour + minute

  test("what should have woken before passed, whatever catchUp says", () => {
    const asked = at(resumedAt, { by: clock, resumedAt })
    const request = requestOf(given(added()).state.context, { at: resumedAt, resumedAt })
    expect(request).toEqual({ type: "catch-up-job", jobId, revision: 1, dueAt: noon })
    const span = skipped([noon, noon + 2 * hour, 3], "paused")
    const replanned = {
      type: "job.replanned",
      plan: plan(noon + 3 * hour, { after: noon + 2 * hour }),
      previousDueAt: noon,
      reason: "skipped",
    } as const
    for (const mode of ["none", "latest", "all"] as const) {
      given(added(withPolicy({ catchUp: { mode } })))
        .when({ type: "catch-up-job", jobId, revision: 1, dueAt: noon }, asked)
        .records(span, replanned)
    }
    given(added()).when(startRun(noon), asked).records(span, replanned)
  })

  test("what is due from then on runs", () => {
    const { state } = given(added())
    expect(requestOf(state.context, { at: noon, resumedAt: noon })).toMatchObject({
      type: "start-run",
    })
    given(added())
      .when(
        { type: "catch-up-job", jobId, revision: 1, dueAt: noon },
        at(noon, { by: clock, resumedAt: noon }),
      )
      .isRefused("not-due", /to run/)
  })

  test("a plan that has moved on is not passed over", () => {
    given(added())
      .when(
        { type: "catch-up-job", jobId, revision: 1, dueAt: noon - hour },
        at(resumedAt, { by: clock, resumedAt }),
      )
      .isRefused("stale")
  })
})
