import { Effect, Layer } from "effect"
import { Refusal } from "../../machines/refusal.ts"
import { Agents, type Agent } from "./agent.ts"
import { echoAgent } from "./echo.ts"

/**
 * The agents of this process. The default is the one named `defaultName`, else the first; without
 * any agent it is echo.
 */
export const agentsLayer = (
  agents: ReadonlyArray<Agent>,
  defaultName?: string,
): Layer.Layer<Agents, Refusal> =>
  Layer.effect(
    Agents,
    Effect.gen(function* () {
      const there = agents.length === 0 ? [echoAgent] : agents
      const byName = new Map(there.map((agent) => [agent.name, agent]))
      const names = [...byName.keys()]
      if (names.length < there.length) return yield* namedTwice(there)

      const standard = defaultName === undefined ? there[0] : byName.get(defaultName)
      if (standard === undefined) return yield* unknownDefault(String(defaultName), names)
      return Agents.of({
        names,
        pick: (name) => (name === undefined ? standard : byName.get(name)),
      })
    }),
  )

const namedTwice = (agents: ReadonlyArray<Agent>) => {
  const names = agents.map(({ name }) => name)
  return Refusal.make({
    code: "invalid-input",
    message: "Two agents have the same name.",
    received: names,
    expected: "a name of its own for every agent",
    hint: "Jobs pick their agent by name. Give each another one.",
  })
}

const unknownDefault = (name: string, names: ReadonlyArray<string>) =>
  Refusal.make({
    code: "invalid-input",
    message: `The default agent ${name} is not there.`,
    received: name,
    expected: `one of ${names.join(", ")}`,
    hint: "Name an agent that is there, or leave the default out: then it is the first.",
    matches: names,
  })
