import { describe, expect, test } from "vitest"
import type { JobFact } from "../../../events/fact.ts"
import {
  added,
  addedOnce,
  failed,
  hour,
  minute,
  noon,
  plan,
  retryPlanned,
  second,
  skipped,
  started,
  startedByHand,
} from "../../kit/samples.ts"
import { asked, begun, ran, lived, updated, type Story } from "./why-stories.ts"

describe("a time that ran (behaviour 67)", () => {
  test("is answered with its runs, how late they were, and their facts", () => {
    const found = asked(lived, noon)
    expect(found).toMatchObject({
      answer: "ran",
      dueAt: noon,
      positions: [2, 3],
      runs: [{ runId: "run_1", attempt: 1, lateMs: 5 * second, outcome: "succeeded" }],
    })
    expect(found.sentence).toBe(
      "The occurrence of 2026-11-24 12:00 UTC ran 5s late, at 2026-11-24 12:00:05 UTC, in one attempt: run_1 succeeded.",
    )
  })

  test("once more after a failure has both attempts", () => {
    const again = started({ runId: "run_2", attempt: 2, trigger: "retry", lateMs: 90 * second })
    const story: Story = [begun, ran, [noon + minute, failed(), retryPlanned()]]
    expect(asked(story, noon).sentence).toMatch(/run_1 failed; attempt 2 is planned for/)
    const found = asked([...story, [noon + 90 * second, again]], noon)
    expect(found.runs.map(({ outcome }) => outcome)).toEqual(["failed", null])
    expect(found.positions).toEqual([2, 3, 5])
    expect(found.sentence).toMatch(/in 2 attempts: run_1 failed, run_2 is still open\./)
  })

  test("although it was planned away and back before (behaviour 44b)", () => {
    const story: Story = [
      begun,
      [noon - 30 * minute, updated(noon - 30 * minute, noon)],
      [noon, started({ revision: 2, plan: plan(noon + 2 * hour, { revision: 2 }) })],
    ]
    expect(asked(story, noon)).toMatchObject({ answer: "ran", positions: [3] })
  })
})

describe("a time that was skipped (behaviour 67)", () => {
  const span = skipped([noon, noon + 2 * hour, 3], "downtime")
  const caughtUp = started({ dueAt: noon + 3 * hour, trigger: "catch-up", plan: null })

  test("is answered with the reason, the policy behind it, and the fact", () => {
    const found = asked([begun, [noon + 3.5 * hour, span, caughtUp]], noon + hour)
    expect(found).toMatchObject({
      answer: "skipped",
      dueAt: noon + hour,
      reason: "downtime",
      policy: { catchUp: { mode: "latest" } },
      positions: [2],
    })
    expect(found.sentence).toBe(
      "The occurrence of 2026-11-24 13:00 UTC was skipped: the scheduler was not up then, and catchUp did not want it, with 3 from there on in one span (position 2).",
    )
    expect(asked([begun, [noon + 3.5 * hour, span, caughtUp]], noon + 3 * hour).answer).toBe("ran")
  })

  test.each(["overlap", "retrying", "window", "disabled", "removed", "capacity"] as const)(
    "for %s is said in words",
    (reason) => {
      const one = skipped([noon, noon, 1], reason)
      const { sentence, ...found } = asked([begun, [noon + minute, one]], noon)
      expect(found).toMatchObject({ answer: "skipped", reason })
      expect(sentence).not.toContain(`: ${reason} `)
    },
  )

  test("in between two occurrences of a span is none of them", () => {
    expect(asked([begun, [noon + 3.5 * hour, span, caughtUp]], noon + minute)).toMatchObject({
      answer: "not-an-occurrence",
      nearest: { before: noon, after: noon + hour },
    })
  })

  test("that only waits its turn is no skip", () => {
    const queued: JobFact = {
      type: "occurrences.queued",
      revision: 1,
      from: noon,
      to: noon + hour,
      count: 2,
      cause: "overlap",
    }
    expect(asked([begun, [noon + hour, queued]], noon + hour)).toMatchObject({
      answer: "waiting",
      reason: "overlap",
      policy: { overlap: "skip" },
    })
  })
})

describe("a time that is to come (behaviour 67)", () => {
  test("is planned, and by which fact", () => {
    expect(asked(lived, noon + hour, { now: noon + 30 * minute })).toMatchObject({
      answer: "not-yet",
      positions: [2],
      sentence:
        "The occurrence of 2026-11-24 13:00 UTC is still to come: it is planned (position 2).",
    })
  })

  test("or comes after the one that is planned", () => {
    const found = asked(lived, noon + 5 * hour, { now: noon + 30 * minute })
    expect(found).toMatchObject({ answer: "not-yet", positions: [1, 2] })
    expect(found.sentence).toMatch(/17:00 UTC is still to come; before it comes .* 13:00 UTC/)
  })

  test("or is due and waits for the scheduler, or for a run of the job", () => {
    const at = noon + hour
    const waits = asked(lived, at, { now: at + minute })
    expect(waits).toMatchObject({ answer: "waiting", reason: "not-started", positions: [2] })
    const open = startedByHand(at - minute, plan(at))
    const behind = asked([...lived, [at - minute, open]], at, { now: at + minute })
    expect(behind).toMatchObject({ answer: "waiting", reason: "already-running" })
    expect(behind.sentence).toMatch(/it waits for run run_1 of the job/)
    const later = asked(lived, at + hour, { now: at + hour + minute })
    expect(later).toMatchObject({ answer: "waiting", positions: [2] })
    expect(later.sentence).toMatch(/14:00 UTC waits behind .* 13:00 UTC, which is due/)
  })
})

describe("a time that is none (behaviour 67)", () => {
  test("is answered with the nearest two", () => {
    const found = asked(lived, noon + 10 * minute)
    expect(found).toMatchObject({
      answer: "not-an-occurrence",
      nearest: { before: noon, after: noon + hour },
    })
    expect(found.sentence).toBe(
      "2026-11-24 12:10 UTC is no occurrence of the schedule: the one before is 2026-11-24 12:00 UTC, the next one is 2026-11-24 13:00 UTC.",
    )
  })

  test("of a rare schedule too, and where there is only one", () => {
    const leap = { type: "cron", expr: "0 0 29 2 *", tz: "UTC" } as const
    const first = plan(Date.UTC(2028, 1, 29), { after: noon - hour })
    expect(asked([[noon - hour, added({ schedule: leap, plan: first })]], noon).nearest).toEqual({
      before: Date.UTC(2024, 1, 29),
      after: Date.UTC(2028, 1, 29),
    })
    const once: Story = [[noon - hour, addedOnce()]]
    expect(asked(once, noon + minute).nearest).toEqual({ before: noon, after: null })
    expect(asked(once, noon - minute).nearest).toEqual({ before: null, after: noon })
  })

  test("but somebody ran the job then", () => {
    const at = noon + 10 * minute
    const found = asked([...lived, [at, startedByHand(at, plan(noon + hour))]], at)
    expect(found).toMatchObject({ answer: "not-an-occurrence", runs: [{ trigger: "manual" }] })
    expect(found.sentence).toMatch(/run run_1 was asked for then by user anna \(position 5\)/)
  })

  test("given to the minute is found with its seconds", () => {
    const schedule = { type: "every", everyMs: hour, anchorAt: noon + 12_345, tz: "UTC" } as const
    const first = plan(noon + 12_345, { after: noon - hour })
    const story: Story = [[noon - hour, added({ schedule, plan: first })]]
    expect(asked(story, noon, { now: noon }).answer).toBe("not-an-occurrence")
    expect(asked(story, noon, { now: noon, widthMs: minute })).toMatchObject({
      answer: "not-yet",
      dueAt: noon + 12_345,
    })
  })
})
