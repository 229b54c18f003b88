import { describe, expect, test } from "vitest"
import type { Recorded } from "../../../events/envelope.ts"
import type { JobFact } from "../../../events/fact.ts"
import type { Policy } from "../../../events/policy.ts"
import { accountOf } from "../../../src/inspect/accounting.ts"
import { lifetime } from "../../kit/lifetime.ts"
import {
  addedOnce,
  disabled,
  hour,
  minute,
  noon,
  plan,
  planner,
  rescheduled,
  second,
  skipped,
  started,
  startedByHand,
  succeeded,
} from "../../kit/samples.ts"
import {
  account,
  answered,
  begun,
  caughtUp,
  enabled,
  kindsOf,
  late,
  missedTwo,
  ran,
  recorded,
  tried,
  type Story,
} from "./accounting-stories.ts"

describe("an account that is whole", () => {
  test("counts what ran, what was skipped, what was superseded and what is planned", () => {
    const story: Story = [
      begun,
      ran,
      answered,
      [noon + 2 * minute, startedByHand(noon + 2 * minute, plan(noon + hour))],
      [noon + 3 * minute, succeeded(), rescheduled(plan(noon + hour))],
      [noon + 4 * minute, disabled("manual", noon + hour)],
      [noon + 2.5 * hour, enabled(noon + 2.5 * hour)],
      [
        noon + 4.5 * hour,
        { ...skipped([noon + 3 * hour, noon + 4 * hour, 2], "disabled"), revision: 2 },
        disabled("manual", noon + 3 * hour),
      ],
    ]
    expect(account(story)).toEqual({
      problems: [],
      counts: {
        ran: 1,
        retried: 0,
        manual: 1,
        skipped: { disabled: 2 },
        uncountedSpans: 0,
        superseded: 1,
        queued: 0,
        planned: 0,
      },
    })
    expect(account([begun, ran, answered]).counts).toMatchObject({ ran: 1, planned: 1 })
  })

  test("holds for catch-up, retries, and a job that runs once", () => {
    expect(account([begun, [noon + 2.5 * hour, missedTwo, late(caughtUp)]]).problems).toEqual([])
    expect(account([begun, ran, ...tried()]).problems).toEqual([])
    const once: Story = [
      [noon - hour, addedOnce()],
      [noon, started({ plan: null })],
      [noon + minute, succeeded(), disabled("one-shot-done")],
    ]
    expect(account(once).problems).toEqual([])
  })

  test("holds for what waits its turn, and for what is skipped of it", () => {
    const queued: JobFact = {
      type: "occurrences.queued",
      revision: 1,
      from: noon,
      to: noon + 2 * hour,
      count: 3,
      cause: "catch-up",
    }
    const next = plan(noon + 3 * hour)
    const replanned: JobFact = {
      type: "job.replanned",
      plan: next,
      previousDueAt: noon,
      reason: "skipped",
    }
    const at = noon + 2.5 * hour
    const first = started({ trigger: "catch-up", lateMs: 2.5 * hour, plan: next })
    const story: Story = [
      begun,
      [at, queued, replanned],
      [at, first],
      [at + minute, succeeded(), rescheduled(next)],
    ]
    expect(account(story)).toMatchObject({ problems: [], counts: { ran: 1, queued: 2 } })
    const rest = skipped([noon + hour, noon + 2 * hour, 2], "disabled")
    const ended: Story = [...story, [at + 2 * minute, rest, disabled("manual", next.dueAt)]]
    expect(account(ended)).toMatchObject({ problems: [], counts: { queued: 0, superseded: 1 } })
    const forgotten: Story = [...story, [at + 2 * minute, disabled("manual", next.dueAt)]]
    expect(kindsOf(forgotten)).toEqual(["lost"])
  })

  const policies: ReadonlyArray<Partial<Policy>> = [
    {},
    { catchUp: { mode: "none" } },
    { catchUp: { mode: "all" } },
    { onInterrupt: "skip", disableAfterFailures: 2 },
    { overlap: "queue-one" },
    { overlap: "cancel-previous", catchUp: { mode: "all" } },
    { catchUp: { mode: "latest", windowMs: hour } },
    { catchUp: { mode: "all", countMax: 3 }, overlap: "queue-one" },
    { jitterMs: 5 * second },
    { runsMax: 5 },
  ]
  test.each(policies)("is what the real decisions leave behind, at any time: %o", (policy) => {
    for (let seed = 1; seed <= 12; seed += 1) {
      const { facts } = lifetime(seed, 300, policy)
      expect(accountOf(facts, planner).problems, `seed ${seed}`).toEqual([])
    }
  })
})

describe("another planner", () => {
  test("may have computed other times: that is a warning", () => {
    const off = plan(noon + hour + second, { after: noon })
    const story: Story = [begun, [noon, started({ plan: off })]]
    expect(account(story, "croner@12").problems).toMatchObject([
      { severity: "warning", kind: "due-time", position: 2 },
    ])
    expect(account(story).problems).toMatchObject([{ severity: "error" }])
  })

  test("and the one that was in charge of a span is the one that had started", () => {
    const [job, ...others] = recorded([
      begun,
      [noon + 2.5 * hour, skipped([noon, noon + hour, 5], "downtime"), late(caughtUp)],
    ])
    const boot = {
      ...job,
      stream: "system",
      fact: { type: "scheduler.started", bootId: "boot_2", version: "2", planner: "croner@12" },
    } as unknown as Recorded
    const { problems } = accountOf([job as Recorded, boot, ...others], planner)
    expect(problems).toMatchObject([{ severity: "warning", kind: "span" }])
  })

  test("is no excuse for what no schedule can explain", () => {
    const story: Story = [begun, ran, answered, [noon + hour, started({ lateMs: hour })]]
    expect(account(story, "croner@12").problems.map(({ severity }) => severity)).toContain("error")
  })
})
