import { Effect } from "effect"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import { Refusal } from "../../../machines/refusal.ts"
import type { CallAnswer, ToolsAnswer } from "../../serve/upkeep/tools.ts"
import { table } from "../render/table.ts"
import { root } from "../root.ts"
import { jsonOrInput } from "../terminal.ts"
import { ask, asking, atDesk, show } from "../verb.ts"

/** The tools that models are offered. */
export const tools = Command.make("tools", {}, () =>
  asking<ToolsAnswer>("tools", {}, ({ tools }) =>
    tools.length === 0
      ? "The scheduler is switched off, and its tools with it."
      : table(
          ["TOOL", "WHAT FOR"],
          tools.map(({ name, description }) => [name, description]),
        ),
  ),
).pipe(
  Command.withDescription("List the tools that models are offered; --json gives their schemas"),
)

/** Calls a tool as a model would. */
export const call = Command.make(
  "call",
  {
    name: Argument.String("name").pipe(Argument.withDescription("The tool, such as cron_list")),
    parameters: Argument.String("json").pipe(
      Argument.withDescription("Its parameters as JSON; - reads standard input"),
      Argument.withDefault("{}"),
    ),
  },
  Effect.fnUntraced(function* ({ name, parameters }) {
    const given = yield* jsonOrInput(parameters)
    yield* atDesk(
      (desk) =>
        Effect.gen(function* () {
          const answer = yield* ask<CallAnswer>(desk, "call", { name, parameters: given })
          const { json } = yield* root
          if (answer.success || json) yield* show(answer, ({ output }) => output)
          if (!answer.success) yield* Effect.fail(refusedByTool(answer))
        }),
      { carryOut: name === "cron_run" },
    )
  }),
).pipe(
  Command.withDescription("Call a tool as a model would"),
  Command.withExamples([
    { command: `horolog call cron_add '{"prompt":"What is new?","every":"1h"}'` },
  ]),
)

/** A tool's refusal is a result for the model, and still a refusal for a script. */
const refusedByTool = ({ error, output, structured }: CallAnswer): Refusal => {
  const { code = "invalid-input" } = structured as { readonly code?: Refusal["code"] }
  return new Refusal({ code, message: error ?? "The tool refused.", hint: output })
}
