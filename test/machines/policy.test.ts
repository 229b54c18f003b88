import { Result, Schema } from "effect"
import { describe, expect, test } from "vitest"
import { Policy } from "../../events/policy.ts"
import { defaultPolicy, PolicyPatch, resolvePolicy } from "../../machines/policy.ts"

const refusalOf = (patch: unknown, base: Policy = defaultPolicy) =>
  Result.getOrThrow(Result.flip(resolvePolicy(patch as PolicyPatch, base)))

const resolved = (patch: PolicyPatch, base: Policy = defaultPolicy) =>
  Result.getOrThrow(resolvePolicy(patch, base))

describe("a policy is refused", () => {
  test.each([
    ["catchUp.mode", { catchUp: { mode: "none" } }],
    ["catchUp.mode", { catchUp: { mode: "all" } }],
    ["catchUp.windowMs", { catchUp: { windowMs: 1_000 } }],
    ["catchUp.countMax", { catchUp: { countMax: 3 } }],
    ["overlap", { overlap: "queue-one" }],
    ["overlap", { overlap: "cancel-previous" }],
    ["alert", { alert: { after: 2, cooldownMs: 3_600_000 } }],
    ["jitterMs", { jitterMs: 1 }],
    ["startAt", { startAt: 1 }],
    ["endAt", { endAt: 1 }],
    ["runsMax", { runsMax: 1 }],
    ["session", { session: "isolated" }],
    ["toolsAllowed", { toolsAllowed: [] }],
    ["budget", { budget: { turnsMax: 3 } }],
    ["gate", { gate: "true" }],
    ["pause", { pause: true }],
  ])("by name when this release does not carry out %s: %j", (name, patch) => {
    const { code, message } = refusalOf(patch)

    expect({ code, message }).toEqual({
      code: "invalid-input",
      message: expect.stringMatching(
        new RegExp(`^policy\\.${name.replace(".", "\\.")} ?.*not available in this release`),
      ),
    })
  })

  test.each([
    ["timeoutMs", { timeoutMs: 0 }],
    ["timeoutMs", { timeoutMs: 8 * 86_400_000 }],
    ["retry.attemptsMax", { retry: { attemptsMax: 0 } }],
    ["retry.attemptsMax", { retry: { attemptsMax: 101 } }],
    ["retry.delaysMs", { retry: { delaysMs: [] } }],
    ["retry.delaysMs", { retry: { delaysMs: Array(21).fill(1_000) } }],
    ["retry.delaysMs\\[1\\]", { retry: { delaysMs: [1_000, 0] } }],
    ["disableAfterFailures", { disableAfterFailures: 1_001 }],
  ])("when %s is out of range: %j", (name, patch) => {
    const refusal = refusalOf(patch)

    expect(refusal.code).toBe("invalid-input")
    expect(refusal.message).toMatch(new RegExp(`^policy\\.${name} `))
    expect(refusal.expected).toBeDefined()
  })

  test.each([
    [{ timeoutMs: "600" }, /timeoutMs/],
    [{ timeoutMs: 1.5 }, /timeoutMs/],
    [{ timeoutMs: -1 }, /timeoutMs/],
    [{ overlap: "never" }, /overlap/],
    [{ retry: { attempts: 3 } }, /attempts/],
    [{ tiemoutMs: 600 }, /"tiemoutMs"/],
    [null, /not understood/],
    ["fast", /not understood/],
  ])("when it cannot be read: %j", (patch, words) => {
    const refusal = refusalOf(patch)

    expect(refusal.code).toBe("invalid-input")
    expect(refusal.message).toMatch(words)
    expect(refusal.received).toEqual(patch)
  })
})

describe("a policy that was accepted", () => {
  test("is whole, and is what a fact can hold", () => {
    expect(resolved({})).toEqual(defaultPolicy)
    expect(Schema.decodeUnknownResult(Policy)(resolved({ agent: "claw" }))).toEqual(
      Result.succeed({ ...defaultPolicy, agent: "claw" }),
    )
  })

  test("changes what was asked for and leaves the rest of a group alone", () => {
    const base = resolved({ retry: { attemptsMax: 7 }, mayWriteSchedule: true })

    expect(resolved({ retry: { delaysMs: [5_000] } }, base)).toEqual({
      ...base,
      retry: { attemptsMax: 7, delaysMs: [5_000] },
    })
  })

  test("takes what is carried out, said aloud", () => {
    const said = {
      catchUp: { mode: "latest" },
      overlap: "skip",
      jitterMs: 0,
      session: "chat",
    } as const

    expect(resolved(said)).toEqual(defaultPolicy)
  })

  test("may go to the bounds", () => {
    const least = {
      timeoutMs: 1,
      retry: { attemptsMax: 1, delaysMs: [1] },
      disableAfterFailures: 0,
    }
    const most = {
      timeoutMs: 7 * 86_400_000,
      retry: { attemptsMax: 100, delaysMs: [7 * 86_400_000] },
      disableAfterFailures: 1_000,
    }

    expect(resolved(least)).toEqual({ ...defaultPolicy, ...least })
    expect(resolved(most)).toEqual({ ...defaultPolicy, ...most })
  })

  test("null goes back to the default, and takes away what has none", () => {
    const base = resolved({ timeoutMs: 5, agent: "claw", retry: { attemptsMax: 9 } })

    expect(resolved({ timeoutMs: null, agent: null, retry: null, gate: null }, base)).toEqual(
      defaultPolicy,
    )
  })

  test("leaves its base as it was", () => {
    const base = Object.freeze({ ...defaultPolicy, retry: Object.freeze(defaultPolicy.retry) })

    expect(resolved({ retry: { attemptsMax: 2 } }, base).retry.attemptsMax).toBe(2)
    expect(base.retry.attemptsMax).toBe(4)
  })

  test("knows the same keys as the fact", () => {
    expect(Object.keys(PolicyPatch.fields).toSorted()).toEqual(
      Object.keys(Policy.fields).toSorted(),
    )
  })
})
