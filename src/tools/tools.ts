import { Effect, Result } from "effect"
import { Refusal } from "../../machines/refusal.ts"
import type { LogFailed } from "../log/event-log.ts"
import { add } from "../operations/add.ts"
import { list } from "../operations/list.ts"
import { next } from "../operations/next.ts"
import type { Caller, OperationServices, TypedOperation } from "../operations/operation.ts"
import { run } from "../operations/run.ts"
import { runs } from "../operations/runs.ts"
import { disable, enable, remove } from "../operations/toggle.ts"
import { update } from "../operations/update.ts"
import { why } from "../operations/why.ts"
import { didYouMean, nearest } from "../views/near.ts"
import { decodeArguments } from "./arguments.ts"
import { toolDefinitions } from "./definitions.ts"
import { inputSchema, type ToolSchema } from "./json-schema.ts"
import { failed, type ToolResult } from "./result.ts"
import type { OperationName, ToolDefinition } from "./tool.ts"
import {
  addedWords,
  disabledWords,
  enabledWords,
  listWords,
  previewWords,
  removedWords,
  runsWords,
  startedWords,
  updatedWords,
  whyWords,
} from "./words.ts"

/** A tool as it is offered to a model. */
export interface ToolOffer {
  readonly name: string
  readonly description: string
  readonly inputSchema: ToolSchema
}

/** What is offered to models, in whatever protocol. */
export const toolList: ReadonlyArray<ToolOffer> = toolDefinitions.map((tool) => ({
  name: tool.name,
  description: tool.description,
  inputSchema: inputSchema(tool),
}))

/**
 * Calls a tool. A refusal is a result that the model can mend its call by; only a log that cannot be
 * trusted any more is a failure.
 */
export const callTool = (
  name: string,
  args: unknown,
  caller: Caller,
): Effect.Effect<ToolResult, LogFailed, OperationServices> =>
  called(name, args, caller).pipe(
    Effect.catchTag("Refusal", (refusal) => Effect.succeed(failed(refusal))),
    Effect.withSpan("tool", { attributes: { name } }),
  )

const called = (
  name: string,
  args: unknown,
  caller: Caller,
): Effect.Effect<ToolResult, Refusal | LogFailed, OperationServices> => {
  const tool = toolDefinitions.find((it) => it.name === name)
  if (tool === undefined) return Effect.fail(unknownTool(name))
  const decoded = decodeArguments(tool, args)
  return Result.isFailure(decoded)
    ? Effect.fail(decoded.failure)
    : actions[tool.operation](decoded.success, byTool(caller, name))
}

/** What comes through a tool is a model's wish, whoever's program it is that calls it. */
const byTool = ({ by, ...caller }: Caller, name: string): Caller => ({
  ...caller,
  by: { ...by, toolCallId: by.toolCallId ?? name },
})

type Action = (
  input: unknown,
  caller: Caller,
) => Effect.Effect<ToolResult, Refusal | LogFailed, OperationServices>

/** Asks an operation and says in words what it answered. */
const saying =
  <Name extends string, Input, Output>(
    operation: TypedOperation<Name, Input, Output, OperationServices>,
    words: (answer: Output) => string,
  ): Action =>
  (input, caller) =>
    Effect.map(operation.ask(input, caller), (answer) => ({
      success: true,
      output: words(answer),
      error: null,
      structured: answer,
    }))

const actions: Readonly<Record<OperationName, Action>> = {
  add: saying(add, addedWords),
  list: saying(list, listWords),
  remove: saying(remove, removedWords),
  enable: saying(enable, enabledWords),
  disable: saying(disable, disabledWords),
  update: saying(update, updatedWords),
  run: saying(run, startedWords),
  runs: saying(runs, runsWords),
  next: saying(next, previewWords),
  why: saying(why, whyWords),
}

const unknownTool = (name: string): Refusal => {
  const names = toolDefinitions.map((tool: ToolDefinition) => tool.name)
  const matches = nearest(name, names)
  return new Refusal({
    code: "not-found",
    message: [`There is no tool "${name}".`, didYouMean(matches)]
      .filter((part) => part !== undefined)
      .join(" "),
    received: name,
    expected: `one of ${names.join(", ")}`,
  })
}
