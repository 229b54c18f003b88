import { describe, expect, test } from "vitest"
import type { JobFact } from "../../../events/fact.ts"
import { why, type Why } from "../../../src/inspect/why.ts"
import { lifetime } from "../../kit/lifetime.ts"
import {
  added,
  day,
  disabled,
  hour,
  minute,
  noon,
  plan,
  removed,
  withPolicy,
} from "../../kit/samples.ts"
import { asked, begun, ran, lived, every2h, updated, type Story } from "./why-stories.ts"

describe("a plan that was taken away (behaviour 67)", () => {
  test.each([
    ["changed", updated(noon - minute, noon)],
    ["disabled", disabled("manual", noon)],
    ["removed", removed("manual", noon)],
  ] as const)("%s: by which fact, by whom", (reason, fact) => {
    const story: Story = [begun, [noon - minute, fact]]
    const found = asked(story, noon)
    expect(found).toMatchObject({
      answer: "superseded",
      reason,
      by: { kind: "user", id: "anna" },
      positions: [1, 2],
    })
    expect(found.sentence).toMatch(
      /was planned \(position 1\), but the job was \w+ at .* by user anna \(position 2\)/,
    )
  })
})

describe("a time at which nothing was planned (behaviour 67)", () => {
  const off: Story = [begun, [noon - minute, disabled("manual", noon)]]
  const on: JobFact = {
    type: "job.enabled",
    plan: plan(noon + 4 * hour, { revision: 2, after: noon + 3.5 * hour }),
    previousDueAt: null,
  }

  test("before the job existed", () => {
    expect(asked(lived, noon - 2 * hour)).toMatchObject({
      answer: "not-planned",
      reason: "not-added",
      positions: [1],
    })
    const hourly = { type: "cron", expr: "0 * * * *", tz: "UTC" } as const
    const onTheHour: Story = [[noon - hour, added({ schedule: hourly })]]
    expect(asked(onTheHour, noon - hour)).toMatchObject({ reason: "not-added" })
  })

  test("disabled: since when and by whom, also when it was changed meanwhile", () => {
    const story: Story = [
      ...off,
      [noon + hour, { ...updated(noon + hour, noon), plan: null, previousDueAt: null } as JobFact],
      [noon + 3.5 * hour, on],
    ]
    const found = asked(story, noon + 2 * hour)
    expect(found).toMatchObject({ answer: "not-planned", reason: "disabled", positions: [2] })
    expect(found.sentence).toMatch(/was disabled \(manual\) when .* 14:00 UTC came/)
    expect(asked(story, noon + 4 * hour, { now: noon + 3.6 * hour }).answer).toBe("not-yet")
  })

  test("disabled now, and in future as long as it stays so", () => {
    expect(asked(off, noon + 2 * day, { now: noon + day })).toMatchObject({
      answer: "not-planned",
      reason: "disabled",
    })
  })

  test("paused, until its time", () => {
    const until = noon + 2 * hour
    const story: Story = [...lived, [noon + 2 * minute, { type: "job.paused", until }]]
    const parked: Story = [
      ...story.slice(0, 1),
      [noon - 30 * minute, { type: "job.paused", until }],
    ]
    expect(asked(parked, noon + hour)).toMatchObject({
      answer: "not-planned",
      reason: "paused",
      positions: [2],
    })
  })

  test("removed", () => {
    const story: Story = [...lived, [noon + 2 * minute, removed("manual", noon + hour)]]
    expect(asked(story, noon + 2 * hour)).toMatchObject({
      answer: "not-planned",
      reason: "removed",
      positions: [5],
    })
  })

  test("changed: the former schedule had it", () => {
    const at = noon + 30 * minute
    const story: Story = [...lived, [at, updated(at, noon + hour)]]
    const found = asked(story, noon + 3 * hour)
    expect(found).toMatchObject({
      answer: "not-planned",
      reason: "changed",
      by: { id: "anna" },
      positions: [5],
      nearest: { before: noon + 2 * hour, after: noon + 4 * hour },
    })
  })

  test("not in the schedule of that time, and in that of later", () => {
    const at = noon + 3.5 * hour
    const quarter: JobFact = {
      type: "job.updated",
      patch: { schedule: { ...every2h, everyMs: 15 * minute } },
      before: { schedule: { ...every2h, everyMs: hour } },
      previousDueAt: noon + hour,
      plan: plan(noon + 3.75 * hour, { revision: 2, after: at }),
    }
    const found = asked([...lived, [at, quarter]], noon + 15 * minute)
    expect(found).toMatchObject({
      answer: "not-an-occurrence",
      positions: [1, 5],
    })
    expect(found.sentence).toMatch(/The schedule that has it came at .* 15:30 UTC by user anna/)
  })

  test("behind what a new plan began with, after the clock was set back", () => {
    const story: Story = [
      ...off,
      [noon + 3.5 * hour, on],
      [
        noon + hour,
        {
          type: "job.updated",
          patch: { name: "b" },
          before: { name: "digest" },
          previousDueAt: noon + 4 * hour,
          plan: null,
        },
      ],
    ]
    expect(asked(story, noon + 2 * hour)).toMatchObject({
      answer: "not-planned",
      reason: "begun-later",
      positions: [3],
    })
  })

  test("outside of the bounds of the job", () => {
    const bounded = added(withPolicy({ endAt: noon + hour }))
    expect(asked([[noon - hour, bounded], ran], noon + 2 * hour)).toMatchObject({
      answer: "not-planned",
      reason: "bounds",
      policy: { endAt: noon + hour },
    })
  })
})

describe("any time of any life", () => {
  test("that was planned, ran or was skipped is told so", () => {
    const wrong: Array<string> = []
    for (let seed = 1; seed <= 12; seed += 1) {
      const { facts, now } = lifetime(seed, 150)
      const expected = facts.flatMap(({ fact }) => expectations(fact))
      for (const [dueAt, answers] of expected) {
        const { answer, sentence } = why(facts, { at: dueAt, widthMs: 1 }, now)
        if (!answers.includes(answer)) wrong.push(`seed ${seed}: ${sentence}`)
      }
    }
    expect(wrong).toEqual([])
  })
})

const settled = ["ran", "skipped"] as const
const planned = [...settled, "superseded", "waiting", "not-yet"] as const

/** What each due time in a fact may be answered with at the end. */
const expectations = (
  fact: JobFact,
): ReadonlyArray<readonly [dueAt: number, answers: ReadonlyArray<Why["answer"]>]> => [
  ...(fact.type === "run.started" && fact.trigger !== "manual"
    ? [[fact.dueAt, ["ran"]] as const]
    : []),
  ...(fact.type === "occurrences.skipped"
    ? [[fact.from, settled] as const, [fact.to, settled] as const]
    : []),
  ...("plan" in fact && fact.plan !== null ? [[fact.plan.dueAt, planned] as const] : []),
]
