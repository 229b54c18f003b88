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
    ["session", { session: "isolated" }],
    ["toolsAllowed", { toolsAllowed: [] }],
    ["budget", { budget: { turnsMax: 3 } }],
    ["gate", { gate: "true" }],
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
    ["alert.after", { alert: { after: 1_001 } }],
    ["alert.cooldownMs", { alert: { cooldownMs: 367 * 86_400_000 } }],
    ["catchUp.windowMs", { catchUp: { windowMs: 0 } }],
    ["catchUp.countMax", { catchUp: { countMax: 0 } }],
    ["catchUp.countMax", { catchUp: { countMax: 1_001 } }],
    ["jitterMs", { jitterMs: 86_400_001 }],
    ["runsMax", { runsMax: 0 }],
    ["endAt", { startAt: 2_000, endAt: 1_999 }],
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
    [{ pause: true }, /no policy/],
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

  test("to catch up with all has an end, said or not", () => {
    expect(resolved({ catchUp: { mode: "all" } }).catchUp).toEqual({ mode: "all", countMax: 100 })
    expect(resolved({ catchUp: { mode: "all", countMax: 7 } }).catchUp.countMax).toBe(7)
    const base = resolved({ catchUp: { mode: "all", windowMs: 5 } })
    expect(resolved({ catchUp: { mode: "none" } }, base).catchUp).toEqual({
      mode: "none",
      windowMs: 5,
      countMax: 100,
    })
    expect(resolved({ catchUp: null }, base).catchUp).toEqual({ mode: "latest" })
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
