import { describe, expect, test } from "vitest"
import { JobFact } from "../../events/fact.ts"
import { absentContext, fold, foldFact } from "../../machines/fold.ts"
import type { JobContext } from "../../machines/state.ts"
import {
  added,
  disabled,
  failed,
  hour,
  minute,
  noon,
  plan,
  retryPlanned,
  runId,
  second,
  skipped,
  started,
  startedByHand,
  succeeded,
} from "../kit/samples.ts"
import { sampleFacts } from "../kit/walks.ts"

const after = (...facts: ReadonlyArray<JobFact>): JobContext =>
  facts.reduce(foldFact, absentContext)

const frozen = <T>(value: T): T => {
  if (typeof value !== "object" || value === null) return value
  for (const inner of Object.values(value)) frozen(inner)
  return Object.freeze(value)
}

describe("the fold", () => {
  test("has an answer to every fact of a job, and to no other", () => {
    const types = JobFact.members.map((member) => member.fields.type.schema.literal)

    expect(Object.keys(fold).toSorted()).toEqual(types.toSorted())
  })

  test("never throws and changes no context, whatever fact meets whatever past", () => {
    const contexts = [absentContext, after(added()), after(added(), started())].map(frozen)
    for (const context of contexts) {
      for (const fact of Object.values(sampleFacts)) {
        expect(Object.keys(foldFact(context, frozen(fact))).toSorted()).toEqual(
          Object.keys(absentContext).toSorted(),
        )
      }
    }
  })

  test("an added job has its definition, its plan and no past", () => {
    const context = after(added({ key: "digest" }))

    expect(context).toMatchObject({
      key: "digest",
      revision: 1,
      plan: plan(noon),
      accountedAt: null,
      failuresInRow: 0,
    })
    expect(Object.keys(context.definition).toSorted()).toEqual(
      Object.keys(absentContext.definition).toSorted(),
    )
  })

  test("a run that started is open, and knows when it really began", () => {
    const { openRuns, plan: next } = after(added(), started({ lateMs: 1_500 }))

    expect(openRuns).toEqual({
      [runId]: {
        runId,
        revision: 1,
        dueAt: noon,
        attempt: 1,
        trigger: "schedule",
        startedAt: noon + 1_500,
        deadlineAt: noon + 10 * minute,
        bootId: "boot_1",
      },
    })
    expect(next).toEqual(plan(noon + hour))
  })

  test("the accounted time is the latest one claimed by a first attempt, or skipped", () => {
    expect(after(added(), started()).accountedAt).toBe(noon)
    expect(after(added(), started(), skipped([noon + 1, noon + hour, 2], "overlap"))).toMatchObject(
      {
        accountedAt: noon + hour,
        claimedCount: 1,
      },
    )
    expect(
      after(added(), skipped([noon, noon, 1], "overlap"), started({ dueAt: 5 })),
    ).toMatchObject({ accountedAt: noon })
  })

  test("neither a retry nor a run by hand accounts for anything", () => {
    const later = { dueAt: noon + hour, attempt: 2, trigger: "retry" } as const

    expect(after(added(), started(later)).accountedAt).toBeNull()
    expect(after(added(), startedByHand(noon, plan(noon))).accountedAt).toBeNull()
  })

  test.each<readonly [string, JobFact]>([
    ["a run of the schedule", started({ dueAt: noon + hour })],
    ["a new plan", { ...sampleFacts["job.updated"], plan: plan(noon + hour, { revision: 2 }) }],
    ["an enable", sampleFacts["job.enabled"]],
    ["a disable", disabled("manual")],
    ["the natural next", sampleFacts["job.rescheduled"]],
    ["a removal", sampleFacts["job.removed"]],
  ])("%s ends a retry that waits", (_, fact) => {
    expect(after(added(), started(), failed(), retryPlanned(), fact).retry).toBeNull()
  })

  test.each<readonly [string, JobFact]>([
    ["a change of name", sampleFacts["job.updated"]],
    ["a run by hand", startedByHand(noon + 70 * second, plan(noon + hour))],
    ["a replan", sampleFacts["job.replanned"]],
  ])("%s leaves a retry that waits where it is", (_, fact) => {
    expect(after(added(), started(), failed(), retryPlanned(), fact).retry).toMatchObject({
      attempt: 2,
      dueAt: noon,
    })
  })

  test("an answer and an enable start the count of failures anew", () => {
    const failing = [added(), failed(), failed()] as const

    expect(after(...failing).failuresInRow).toBe(2)
    expect(after(...failing, succeeded()).failuresInRow).toBe(0)
    expect(after(...failing, sampleFacts["job.enabled"]).failuresInRow).toBe(0)
    expect(after(...failing, sampleFacts["run.cancelled"]).failuresInRow).toBe(2)
    expect(after(...failing, sampleFacts["run.interrupted"]).failuresInRow).toBe(2)
  })

  test("the reason for being disabled is kept through a run by hand, until it is enabled", () => {
    const byHand = [added(), disabled("failures"), startedByHand(noon, null), succeeded()] as const

    expect(after(...byHand).disabledReason).toBe("failures")
    expect(after(...byHand, sampleFacts["job.enabled"]).disabledReason).toBeNull()
  })

  test("starts are counted by the whole minute they fall into", () => {
    const lastOfMinute = started({ lateMs: minute - 1 })

    expect(after(added(), started(), lastOfMinute).fuse).toEqual({ minuteAt: noon, startsCount: 2 })
    expect(after(added(), started(), started({ lateMs: minute })).fuse).toEqual({
      minuteAt: noon + minute,
      startsCount: 1,
    })
  })
})
