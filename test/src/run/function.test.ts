import { Effect, Fiber } from "effect"
import { describe, expect, test } from "vitest"
import { AgentFailed } from "../../../src/run/agent.ts"
import { functionAgent, type AgentFunction } from "../../../src/run/function.ts"
import { agentContract, answerOf, failureOf, listening, request } from "../../contract/agent.ts"
import { eventually } from "./processes.ts"

const agent = (ask: AgentFunction) => functionAgent({ name: "mine", ask })

const throwing = (thrown: unknown) =>
  agent(() => {
    throw thrown
  })

const saying = (errorClass: string) => () =>
  throwing(Object.assign(new Error("no"), { class: errorClass }))

agentContract("function", {
  repeating: () => agent(async ({ prompt }) => ({ text: prompt })),
  failing: {
    retryable: saying("retryable"),
    quota: saying("quota"),
    refused: saying("refused"),
    fatal: saying("fatal"),
  },
  hanging: () => {
    const { promise: started, resolve } = Promise.withResolvers<void>()
    let busy = false
    return {
      agent: agent(async (_, signal) => {
        busy = true
        resolve()
        await new Promise((_, reject) => {
          signal.addEventListener("abort", () => {
            busy = false
            reject(signal.reason as Error)
          })
        })
        return { text: "never" }
      }),
      started: () => started,
      busy: async () => busy,
    }
  },
})

describe("what a function throws", () => {
  test("is fatal when nothing says that it passes", async () => {
    for (const thrown of [new Error("broken"), "broken", { broken: true }, undefined, null]) {
      const failure = await failureOf(throwing(thrown))
      expect(failure).toMatchObject({ _tag: "AgentFailed", name: "Error", class: "fatal" })
      expect(failure.message).toMatch(/^The agent mine failed/)
    }
    expect((await failureOf(throwing("broken"))).message).toBe("The agent mine failed: broken")
  })

  test("is retryable when the network or a busy server is the cause, however deep", async () => {
    const reset = Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" })
    const passing = [
      reset,
      new TypeError("fetch failed", { cause: reset }),
      Object.assign(new Error("slow down"), { status: 429 }),
      Object.assign(new Error("overloaded"), { statusCode: 529 }),
      new DOMException("took too long", "TimeoutError"),
    ]
    for (const thrown of passing) {
      expect((await failureOf(throwing(thrown))).class).toBe("retryable")
    }
    const denied = Object.assign(new Error("who are you?"), { status: 401 })
    expect((await failureOf(throwing(denied))).class).toBe("fatal")
  })

  test("keeps its name, its message and the message of its cause", async () => {
    const failure = await failureOf(
      throwing(new TypeError("fetch failed", { cause: new Error("no route") })),
    )
    expect(failure.name).toBe("TypeError")
    expect(failure.message).toBe("The agent mine failed: fetch failed: no route")
  })

  test("may go round in a circle", async () => {
    const circle: { cause?: unknown; self?: unknown } = {}
    circle.cause = circle
    expect((await failureOf(throwing(circle))).class).toBe("fatal")
  })

  test("may say its class and when to try again, and nonsense there is not believed", async () => {
    const retryAt = Date.parse("2026-12-01T10:00:00Z")
    const quota = Object.assign(new Error("used up"), { class: "quota", retryAt })
    expect(await failureOf(throwing(quota))).toMatchObject({ class: "quota", retryAt })

    const nonsense = Object.assign(new Error("hm"), { class: "maybe", retryAt: "later" })
    const failure = await failureOf(throwing(nonsense))
    expect(failure.class).toBe("fatal")
    expect(failure.retryAt).toBeUndefined()
  })

  test("is taken as it is when it is an AgentFailed", async () => {
    const thrown = AgentFailed.make({ name: "Refused", message: "I will not.", class: "refused" })
    expect(await failureOf(throwing(thrown))).toBe(thrown)
  })
})

describe("what a function answers", () => {
  test("must hold a text, and a usage that is one", async () => {
    const answers = [
      undefined,
      null,
      "text",
      {},
      { text: 1 },
      { text: "a", usage: { inputTokens: -1 } },
    ]
    for (const answer of answers) {
      const failure = await failureOf(agent((async () => answer) as unknown as AgentFunction))
      expect(failure).toMatchObject({ name: "InvalidAnswer", class: "fatal" })
      expect(failure.message).toContain("{ text, usage? }")
    }
  })

  test("keeps its usage", async () => {
    const usage = { inputTokens: 10, outputTokens: 2, costUsd: 0.001 }
    expect(await answerOf(agent(async () => ({ text: "a", usage })))).toEqual({ text: "a", usage })
  })

  test("is made well-formed, so that it can be stored", async () => {
    expect(await answerOf(agent(async () => ({ text: "a\ud83d" })))).toEqual({ text: "a\ufffd" })
  })
})

describe("a function that does not listen to its signal (behaviour 41)", () => {
  const interruptedThen = async (
    settle: (answer: PromiseWithResolvers<{ text: string }>) => void,
  ) => {
    const answer = Promise.withResolvers<{ text: string }>()
    const { promise: started, resolve } = Promise.withResolvers<AbortSignal>()
    const { hooks, late } = listening()
    const fiber = Effect.runFork(
      agent((_, signal) => {
        resolve(signal)
        return answer.promise
      }).run(request, hooks),
    )
    const signal = await started
    await Effect.runPromise(Fiber.interrupt(fiber))
    expect(signal.aborted).toBe(true)
    expect(late).toEqual([])
    settle(answer)
    return await eventually(() => late[0] ?? null, "the late outcome is told")
  }

  test("is left alone, and its late answer told once", async () => {
    const outcome = await interruptedThen(({ resolve }) => resolve({ text: "too late" }))
    expect(outcome).toEqual({ type: "succeeded", text: "too late" })
  })

  test("has its late failure told", async () => {
    const outcome = await interruptedThen(({ reject }) => reject(new Error("broken")))
    expect(outcome).toMatchObject({ type: "failed", error: { name: "Error", class: "fatal" } })
  })
})
