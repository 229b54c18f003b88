import { describe, expect, test } from "vitest"
import { waits } from "../../events/backlog.ts"
import type { JobFact } from "../../events/fact.ts"
import type { Plan } from "../../events/plan.ts"
import { nextDue } from "../../machines/next-due.ts"
import { isWaiting, type JobState } from "../../machines/state.ts"
import { evolve, initial, legalFacts } from "../../machines/table.ts"
import { byMachine } from "../kit/given.ts"
import { live, type Lived } from "../kit/life.ts"
import { hour } from "../kit/samples.ts"

const seeds = Array.from({ length: 50 }, (_, index) => index + 1)
const lives = seeds.map((seed) => [seed, live(seed, 250)] as const)
const everything = lives.flatMap(([, life]) => life)

/**
 * Every fact of a life with the state it met, the time it was recorded, and up to when occurrences had
 * been accounted for: a new beginning counts from its own `after`.
 */
const stepsOf = (life: ReadonlyArray<Lived>) => {
  let accountedAt: number | null = null
  return life.flatMap(({ now, before, facts }) => {
    let state = before
    return facts.map((fact) => {
      const step = { now, fact, before: state, after: evolve(state, fact), accountedAt }
      accountedAt = accountedAfter(step)
      state = step.after
      return step
    })
  })
}

const accountedAfter = ({ fact, before, accountedAt }: Met): number | null => {
  const plan = planIn(fact)
  if (plan !== null && plan.revision !== before.context.revision) return plan.after
  const to = fact.type === "occurrences.skipped" ? fact.to : accountedFrom(fact)
  if (fact.type === "occurrences.queued") return Math.max(accountedAt ?? 0, fact.to)
  return to === undefined || hadWaited(fact, before.context)
    ? accountedAt
    : Math.max(accountedAt ?? 0, to)
}

interface Met {
  readonly fact: JobFact
  readonly before: JobState
  readonly accountedAt: number | null
}

/** A plan may be said again with another time to wake. */
const isSameLink = (one: Plan, other: Plan | null): boolean =>
  one.revision === other?.revision && one.after === other.after && one.dueAt === other.dueAt

const planIn = (fact: JobFact): Plan | null => ("plan" in fact ? fact.plan : null)

const endings = new Set<JobFact["type"]>([
  "job.rescheduled",
  "retry.planned",
  "job.disabled",
  "job.removed",
])
const outcomes = new Set<JobFact["type"]>([
  "run.succeeded",
  "run.failed",
  "run.timed-out",
  "run.cancelled",
  "run.interrupted",
])

/** What is wrong with a state, in words. */
const faultOf = ({ value, context }: JobState): string | undefined => {
  const openCount = Object.keys(context.openRuns).length
  const planned = context.plan !== null || context.retry !== null
  if (openCount !== (value.startsWith("running") ? 1 : 0)) return `${openCount} open runs`
  if (isWaiting(value) && !planned) return "nothing to wait for"
  if (value !== "disabled") return undefined
  return planned || context.disabledReason === null ? "planned, or without a reason" : undefined
}

describe("whatever happens in the life of a job", () => {
  test("chance has seen every command accepted and refused, and every state", () => {
    const accepted = new Set(
      everything.filter(({ facts }) => facts.length > 0).map((l) => l.command.type),
    )
    const codes = new Set(everything.map(({ refusal }) => refusal?.code))
    const values = new Set(everything.map(({ after }) => after.value))

    expect(accepted.size).toBe(13)
    expect(values.size).toBe(7)
    expect([...codes]).toEqual(
      expect.arrayContaining(["not-due", "already-running", "in-past", "not-running"]),
    )
  })

  test("machine and table agree on every fact, and each has an arrow", () => {
    for (const [seed, life] of lives) {
      for (const { fact, before, after } of stepsOf(life)) {
        expect(legalFacts(before.value), `seed ${seed}`).toContain(fact.type)
        expect(byMachine(before, fact), `seed ${seed}`).toEqual(after)
      }
    }
  })

  test("a job that waits has something to wait for, and one that runs has one run", () => {
    for (const [seed, life] of lives) {
      for (const { after, command } of life) {
        expect(faultOf(after), `seed ${seed}, ${command.type}`).toBeUndefined()
      }
    }
  })

  test("a run that ends is followed by exactly one ending, the last fact of its batch", () => {
    for (const [seed, life] of lives) {
      for (const { facts } of life) {
        const types = facts.map(({ type }) => type)
        if (!types.some((type) => outcomes.has(type))) continue
        expect(
          types.filter((type) => endings.has(type)),
          `seed ${seed}`,
        ).toEqual([types.at(-1)])
      }
    }
  })

  test("no occurrence starts early, and none has two first attempts (behaviours 22, 23, 44c)", () => {
    for (const [seed, life] of lives) {
      const claims = new Set<string>()
      for (const { fact, now } of stepsOf(life)) {
        if (fact.type !== "run.started" || fact.trigger === "manual") continue
        expect(fact.dueAt, `seed ${seed}`).toBeLessThanOrEqual(now)
        const claim = `${fact.revision}/${fact.dueAt}/${fact.attempt}`
        expect(claims, `seed ${seed}`).not.toContain(claim)
        claims.add(claim)
      }
    }
  })

  test("nothing at or before what is accounted for is claimed or skipped again", () => {
    for (const [seed, life] of lives) {
      for (const { fact, before, accountedAt } of stepsOf(life)) {
        const from = accountedFrom(fact)
        if (from === undefined || hadWaited(fact, before.context)) continue
        expect(from, `seed ${seed}: ${JSON.stringify(fact)}`).toBeGreaterThan(accountedAt ?? 0)
      }
    }
  })

  test("a new beginning lies behind all that, but for a clock that was wrong by hours", () => {
    for (const [seed, life] of lives) {
      for (const { fact, now, before } of stepsOf(life)) {
        const { accountedAt, revision } = before.context
        const plan = planIn(fact)
        if (plan === null || plan.revision === revision || accountedAt === null) continue
        const wasWrong = accountedAt - now > 3 * hour
        expect(wasWrong || plan.dueAt > accountedAt, `seed ${seed}: ${plan.dueAt}`).toBe(true)
      }
    }
  })
})

const accountedFrom = (fact: JobFact): number | undefined => {
  if (fact.type === "occurrences.skipped") return fact.from
  const claims = fact.type === "run.started" && fact.trigger !== "manual" && fact.attempt === 1
  return claims ? fact.dueAt : undefined
}

/** Whether a fact answers for something that waited. */
const hadWaited = (fact: JobFact, { backlog }: JobState["context"]): boolean => {
  const dueAt = accountedFrom(fact)
  const revision = "revision" in fact ? fact.revision : 0
  return dueAt !== undefined && waits(backlog, { revision, dueAt })
}

describe("the chain of plans", () => {
  test("each plan is the first occurrence after its `after`, and the facts alone show it", () => {
    for (const [seed, life] of lives) {
      for (const { fact, after } of stepsOf(life)) {
        const plan = planIn(fact)
        if (plan === null) continue
        const { schedule } = after.context.definition
        expect(nextDue(schedule, plan.after), `seed ${seed}`).toBe(plan.dueAt)
      }
    }
  })

  test("a plan of the same revision stands, or follows what was claimed or skipped last", () => {
    for (const [seed, life] of lives) {
      for (const { fact, before, accountedAt } of stepsOf(life)) {
        const plan = planIn(fact)
        if (plan === null || plan.revision !== before.context.revision) continue
        const stands = isSameLink(plan, before.context.plan)
        const claimed = fact.type === "run.started" ? fact.dueAt : accountedAt
        expect(stands || plan.after === claimed, `seed ${seed}: ${JSON.stringify(fact)}`).toBe(true)
      }
    }
  })

  test("a plan that was due is never dropped: it is claimed or skipped first", () => {
    for (const [seed, life] of lives) {
      for (const step of stepsOf(life)) {
        expect(droppedBy(step), `seed ${seed}: ${JSON.stringify(step.fact)}`).toBeUndefined()
      }
    }
  })

  test("what is claimed is planned, or the last of a span that was planned", () => {
    for (const [seed, life] of lives) {
      for (const { fact, before, accountedAt } of stepsOf(life)) {
        if (fact.type !== "run.started" || fact.attempt > 1 || fact.trigger === "manual") continue
        if (hadWaited(fact, before.context)) continue
        const { plan, definition } = before.context
        const follows = nextDue(definition.schedule, accountedAt ?? 0) === fact.dueAt
        expect(plan?.dueAt === fact.dueAt || follows, `seed ${seed}`).toBe(true)
      }
    }
  })

  test("the same life twice is the same facts", () => {
    expect(live(7, 200)).toEqual(live(7, 200))
    expect(live(7, 1)[0]?.before).toBe(initial)
  })
})

/** The due time of a plan that was due, is not accounted for, and is gone. */
const droppedBy = ({ now, fact, before, after }: ReturnType<typeof stepsOf>[number]) => {
  const plan = before.context.plan
  if (plan === null || plan.dueAt > now || after.context.plan?.dueAt === plan.dueAt)
    return undefined
  const accountedAt = after.context.accountedAt ?? 0
  return accountedAt >= plan.dueAt ? undefined : `${fact.type} drops ${plan.dueAt}`
}
