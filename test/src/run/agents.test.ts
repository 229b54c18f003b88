import { Effect } from "effect"
import { expect, test } from "vitest"
import { Agents, type Agent } from "../../../src/run/agent.ts"
import { agentsLayer } from "../../../src/run/agents.ts"
import { echoAgent } from "../../../src/run/echo.ts"

const named = (name: string): Agent => ({ ...echoAgent, name })
const built = (agents: ReadonlyArray<Agent>, defaultName?: string) =>
  Effect.gen(function* () {
    return yield* Agents
  }).pipe(Effect.provide(agentsLayer(agents, defaultName)))

test("two agents of one name are refused", async () => {
  const refusal = await Effect.runPromise(Effect.flip(built([named("a"), named("a")])))
  expect(refusal).toMatchObject({ _tag: "Refusal", code: "invalid-input", received: ["a", "a"] })
})

test("a default that is not there is refused, naming those that are", async () => {
  const refusal = await Effect.runPromise(Effect.flip(built([named("a"), named("b")], "c")))
  expect(refusal).toMatchObject({ code: "invalid-input", received: "c", matches: ["a", "b"] })
})

test("without any agent echo answers", async () => {
  const agents = await Effect.runPromise(built([]))
  expect(agents.names).toEqual(["echo"])
  expect(agents.pick(undefined)).toBe(echoAgent)
})

test("the first is the default unless another is named; an unknown name is nobody's", async () => {
  const [a, b] = [named("a"), named("b")]
  const first = await Effect.runPromise(built([a, b]))
  expect(first.pick(undefined)).toBe(a)
  expect(first.pick("b")).toBe(b)
  expect(first.pick("c")).toBeUndefined()
  const second = await Effect.runPromise(built([a, b], "b"))
  expect(second.pick(undefined)).toBe(b)
})
