import { Effect } from "effect"
import type { Agent } from "./agent.ts"

/**
 * Answers with the prompt itself and calls no model. It is the default when no agent is configured,
 * so that everything can be tried before there is one.
 */
export const echoAgent: Agent = {
  name: "echo",
  run: ({ prompt }) => Effect.succeed({ text: prompt }),
  reap: () => Effect.succeed(false),
}

/** What a face says where the echo agent answers because nothing else is configured. */
export const echoNotice =
  "No agent is configured: prompts are answered by echo, which gives back the prompt itself."
