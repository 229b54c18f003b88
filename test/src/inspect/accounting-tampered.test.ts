import { describe, expect, test } from "vitest"
import type { JobFact } from "../../../events/fact.ts"
import type { ProblemKind } from "../../../src/inspect/accounting.ts"
import {
  added,
  addedOnce,
  disabled,
  failed,
  hour,
  jobId,
  minute,
  noon,
  plan,
  removed,
  rescheduled,
  retryPlanned,
  second,
  skipped,
  started,
  startedByHand,
  succeeded,
  withPolicy,
} from "../../kit/samples.ts"
import {
  account,
  answered,
  begun,
  caughtUp,
  enabled,
  late,
  missedTwo,
  ran,
  ranAgain,
  tried,
  again,
  updated,
  type Story,
} from "./accounting-stories.ts"

describe("an account that was tampered with", () => {
  const tampered: ReadonlyArray<readonly [what: string, kind: ProblemKind, story: Story]> = [
    ["the first fact dropped", "life", [ran]],
    ["the job added twice", "life", [begun, begun]],
    ["a start dropped", "life", [begun, answered]],
    ["a start doubled", "overlap", [begun, ran, ran]],
    [
      "an occurrence run twice",
      "twice",
      [begun, ran, answered, [noon + hour, started({ lateMs: hour })]],
    ],
    ["an outcome dropped", "overlap", [begun, ran, ranAgain]],
    ["an outcome doubled", "life", [begun, ran, answered, [noon + 2 * minute, succeeded()]]],
    ["what follows the end dropped", "settlement", [begun, ran, [noon + minute, succeeded()]]],
    [
      "what follows the end said twice",
      "settlement",
      [
        begun,
        ran,
        [
          noon + minute,
          succeeded(),
          rescheduled(plan(noon + hour)),
          rescheduled(plan(noon + hour)),
        ],
      ],
    ],
    ["an end without a run", "settlement", [begun, [noon - minute, rescheduled(plan(noon))]]],
    [
      "a plan moved",
      "moved",
      [begun, ran, [noon + minute, succeeded(), rescheduled(plan(noon + 2 * hour), noon + hour)]],
    ],
    [
      "a plan that begins too late",
      "chain",
      [begun, [noon, started({ plan: plan(noon + 2 * hour, { after: noon + hour }) })]],
    ],
    [
      "a due time the schedule does not give",
      "due-time",
      [begun, [noon, started({ plan: plan(noon + hour + second, { after: noon }) })]],
    ],
    ["a plan left out", "due-time", [begun, [noon, started({ plan: null })]]],
    ["a run before it is due", "early", [begun, [noon - 1, started()]]],
    [
      "a run before it is to wake",
      "early",
      [
        [noon - hour, added({ plan: { ...plan(noon), wakeAt: noon + minute } })],
        [noon + second, started({ lateMs: second })],
      ],
    ],
    [
      "a plan that wakes before it is due",
      "early",
      [[noon - hour, added({ plan: { ...plan(noon), wakeAt: noon - 1 } })]],
    ],
    ["a lateness that is none", "lateness", [begun, [noon + minute, started()]]],
    [
      "another occurrence run",
      "not-planned",
      [begun, [noon + hour, started({ dueAt: noon + hour, plan: plan(noon + 2 * hour) })]],
    ],
    ["a run of another revision", "not-planned", [begun, [noon, started({ revision: 2 })]]],
    ["the skipped ones dropped", "not-planned", [begun, [noon + 2.5 * hour, late(caughtUp)]]],
    [
      "a span too short",
      "not-planned",
      [begun, [noon + 2.5 * hour, skipped([noon, noon, 1], "downtime"), late(caughtUp)]],
    ],
    [
      "a span miscounted",
      "span",
      [begun, [noon + 2.5 * hour, skipped([noon, noon + hour, 3], "downtime"), late(caughtUp)]],
    ],
    [
      "a span that ends on no occurrence",
      "span",
      [begun, [noon + 2.5 * hour, skipped([noon, noon + hour + 1, 2], "downtime"), late(caughtUp)]],
    ],
    [
      "a span turned round",
      "span",
      [
        begun,
        [
          noon + 2.5 * hour,
          skipped([noon, noon - hour, 2], "downtime"),
          late(started({ trigger: "catch-up" })),
        ],
      ],
    ],
    [
      "a span that begins too late",
      "not-planned",
      [
        begun,
        [noon + 2.5 * hour, skipped([noon + hour, noon + hour, 1], "downtime"), late(caughtUp)],
      ],
    ],
    ["a span doubled", "twice", [begun, [noon + 2.5 * hour, missedTwo, missedTwo, late(caughtUp)]]],
    ["a span into the future", "early", [begun, [noon, missedTwo, { ...caughtUp, lateMs: 0 }]]],
    ["a span nothing follows", "chain", [begun, [noon + hour, missedTwo]]],
    [
      "a due occurrence forgotten when disabled",
      "lost",
      [begun, [noon + minute, disabled("manual", noon)]],
    ],
    [
      "a due occurrence forgotten when removed",
      "lost",
      [begun, [noon + minute, removed("manual", noon)]],
    ],
    [
      "a due occurrence forgotten in a new schedule",
      "lost",
      [
        begun,
        ran,
        answered,
        [
          noon + hour + minute,
          updated(plan(noon + 2 * hour, { revision: 2, after: noon + hour + minute })),
        ],
      ],
    ],
    [
      "a new schedule without a plan",
      "chain",
      [begun, ran, answered, [noon + 2 * minute, updated(null)]],
    ],
    [
      "a former schedule that was none",
      "life",
      [
        [noon - hour, addedOnce()],
        [
          noon - minute,
          {
            ...updated(plan(noon, { revision: 2, after: noon - minute })),
            previousDueAt: noon,
          } as JobFact,
        ],
      ],
    ],
    [
      "a former due time that was none",
      "chain",
      [begun, ran, [noon + minute, succeeded(), rescheduled(plan(noon + hour), noon)]],
    ],
    [
      "an enable under the old revision",
      "revision",
      [
        begun,
        [noon - minute, disabled("manual", noon)],
        [noon + 2.5 * hour, enabled(noon + 2.5 * hour, 1)],
      ],
    ],
    [
      "a revision left out",
      "revision",
      [
        begun,
        [noon - minute, disabled("manual", noon)],
        [noon + 2.5 * hour, enabled(noon + 2.5 * hour, 3)],
      ],
    ],
    [
      "an enable that begins in the past",
      "chain",
      [
        begun,
        [noon - minute, disabled("manual", noon)],
        [noon + 2.5 * hour, enabled(noon + 2 * hour)],
      ],
    ],
    [
      "a disabled job that runs on its own",
      "life",
      [begun, [noon - minute, disabled("manual", noon)], [noon, started()]],
    ],
    [
      "a run by hand that takes the plan away",
      "moved",
      [begun, [noon - minute, startedByHand(noon - minute, null)]],
    ],
    ["a retry nobody planned", "retry", [begun, ran, answered, [noon + 90 * second, again]]],
    [
      "a retry that counts wrongly",
      "retry",
      [begun, ran, ...tried({ attempt: 3 }, { attempt: 3 })],
    ],
    ["a retry that starts too early", "early", [begun, ran, ...tried({}, { lateMs: 89 * second })]],
    [
      "a retry of what was no failure",
      "retry",
      [begun, ran, [noon + minute, succeeded(), retryPlanned()]],
    ],
    [
      "a retry that the next occurrence overtakes",
      "retry",
      [begun, ran, [noon + minute, failed(), retryPlanned({ wakeAt: noon + hour })]],
    ],
    [
      "one attempt more than allowed",
      "retry",
      [
        [noon - hour, added(withPolicy({ retry: { attemptsMax: 1, delaysMs: [1] } }))],
        ran,
        ...tried(),
      ],
    ],
    [
      "a removal that is forgotten",
      "settlement",
      [begun, ran, [noon + 1, { type: "job.removal-requested" }], answered],
    ],
    [
      "an end nobody asked for",
      "settlement",
      [begun, ran, [noon + minute, succeeded(), disabled("manual", noon + hour)]],
    ],
    ["a fact after the removal", "life", [begun, [noon - minute, removed("manual", noon)], ran]],
    [
      "a late answer of a run that is open",
      "life",
      [begun, ran, [noon + 1, { type: "run.answered-late", runId: "run_1", outcome: "succeeded" }]],
    ],
    [
      "a paused job that runs on its own",
      "life",
      [begun, [noon - minute, { type: "job.paused", until: null }], ran],
    ],
  ]

  test.each(tampered)("is found out: %s", (_, kind, story) => {
    const { problems } = account(story)
    expect(problems.map((problem) => problem.kind)).toContain(kind)
    for (const { severity, jobId: of, message } of problems) {
      expect({ severity, of }).toEqual({ severity: "error", of: jobId })
      expect(message).not.toBe("")
    }
  })

  test("says where, against what, and in one sentence", () => {
    const moved = rescheduled(plan(noon + 2 * hour), noon + hour)
    expect(account([begun, ran, [noon + minute, succeeded(), moved]]).problems).toEqual([
      {
        severity: "error",
        kind: "moved",
        jobId,
        position: 4,
        against: [2],
        message:
          "the plan for 2026-11-24T14:00:00.000Z takes the place of the one for " +
          "2026-11-24T13:00:00.000Z, which was neither started nor skipped",
      },
    ])
  })
})
