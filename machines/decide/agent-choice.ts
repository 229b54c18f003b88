import type { DecideContext } from "../command.ts"
import type { PolicyPatch } from "../policy.ts"
import { Refusal } from "../refusal.ts"
import type { JobState } from "../state.ts"

/** The agent that takes a prompt for a command line: what it is asked is a person's to say. */
export const shellAgentName = "shell"

/** The agent a job names must be there, and one that runs command lines is chosen by people only. */
export const agentProblem = (
  patch: PolicyPatch | undefined,
  { agents, by }: DecideContext,
): Refusal | undefined => {
  const agent = patch?.agent
  if (typeof agent !== "string") return undefined
  if (agent === shellAgentName && !isPerson(by)) return forPeopleOnly("chooses the agent shell")
  if (agents === undefined || agents.includes(agent)) return undefined
  return unknownAgent(agent, agents)
}

/** Whoever may not choose the agent shell may not say what it runs either. */
export const commandLineProblem = (
  { context: { definition } }: JobState,
  { by }: DecideContext,
): Refusal | undefined =>
  definition.policy.agent === shellAgentName && !isPerson(by)
    ? forPeopleOnly("changes a job of the agent shell")
    : undefined

/** A person, at a terminal or with an import; not a model with a tool, and not inside a run. */
const isPerson = ({ kind, runId, toolCallId }: DecideContext["by"]): boolean =>
  (kind === "user" || kind === "import") && runId === undefined && toolCallId === undefined

const forPeopleOnly = (what: string): Refusal =>
  new Refusal({
    code: "forbidden",
    message: `This ${what}, which runs command lines: only a person may do that.`,
    received: shellAgentName,
    expected: "a job that another agent answers",
    hint: "Leave policy.agent out, or have the person do it from the command line.",
  })

const unknownAgent = (agent: string, agents: ReadonlyArray<string>): Refusal =>
  new Refusal({
    code: "invalid-input",
    message: `There is no agent ${JSON.stringify(agent)}.`,
    received: agent,
    expected: `one of ${agents.join(", ")}`,
    hint:
      agent === shellAgentName
        ? "It is off: set enabled = true in [agent.shell] of config.toml and start again."
        : "Use an agent that is configured, or leave policy.agent out for the default.",
    matches: agents,
  })
