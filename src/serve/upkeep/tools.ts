import { Effect, Schema } from "effect"
import { Refusal } from "../../../machines/refusal.ts"
import { defineOperation } from "../../operations/operation.ts"
import { Settings } from "../../settings.ts"
import { callTool, toolList } from "../../tools/tools.ts"

export const ToolsAnswer = Schema.Struct({
  tools: Schema.Array(
    Schema.Struct({
      name: Schema.String,
      description: Schema.String,
      input_schema: Schema.Unknown,
    }),
  ),
})
export type ToolsAnswer = typeof ToolsAnswer.Type

/** What is offered to models. Without a scheduler there are no tools for one. */
export const tools = defineOperation({
  name: "tools",
  title: "List the tools that models are offered",
  kind: "read",
  input: Schema.Struct({}),
  output: ToolsAnswer,
  run: Effect.fn("tools")(function* () {
    const { schedulerEnabled } = yield* Settings
    const offered = schedulerEnabled ? toolList : []
    return {
      tools: offered.map(({ name, description, inputSchema }) => ({
        name,
        description,
        input_schema: inputSchema,
      })),
    }
  }),
})

export const CallAnswer = Schema.Struct({
  success: Schema.Boolean,
  output: Schema.String,
  error: Schema.NullOr(Schema.String),
  structured: Schema.Unknown,
})
export type CallAnswer = typeof CallAnswer.Type

/** Calls a tool as a model would; a refusal is a result. */
export const call = defineOperation({
  name: "call",
  title: "Call a tool as a model would",
  kind: "write",
  input: Schema.Struct({
    name: Schema.NonEmptyString.annotate({ description: "The tool, such as cron_list." }),
    parameters: Schema.optionalKey(
      Schema.Unknown.annotate({ description: "What the tool is given." }),
    ),
  }),
  output: CallAnswer,
  run: Effect.fn("call")(function* ({ name, parameters = {} }, caller) {
    const { schedulerEnabled } = yield* Settings
    if (!schedulerEnabled) return yield* switchedOff(name)
    return yield* callTool(name, parameters, caller)
  }),
})

const switchedOff = (name: string): Refusal =>
  new Refusal({
    code: "forbidden",
    message: "The scheduler is switched off, and its tools with it.",
    received: name,
    expected: "gateway.scheduler.enabled = true",
    hint: "Set it in config.toml and start the server again.",
  })
