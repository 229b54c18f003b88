import type { Parameter, ParameterKind, ToolDefinition } from "./tool.ts"

/** JSON Schema as every provider takes it: flat, without unions, alternatives or type arrays. */
export interface ToolSchema {
  readonly type: "object"
  readonly properties: Readonly<Record<string, PropertySchema>>
  readonly required: ReadonlyArray<string>
}

export interface PropertySchema {
  readonly type: "string" | "integer" | "boolean" | "object"
  readonly description?: string
  readonly enum?: ReadonlyArray<string>
}

/** The schema of a tool's arguments. */
export const inputSchema = ({ parameters, required }: ToolDefinition): ToolSchema => ({
  type: "object",
  properties: Object.fromEntries(
    Object.entries(parameters).map(([name, parameter]) => [name, property(parameter)]),
  ),
  required,
})

const property = ({ kind, about, values }: Parameter): PropertySchema => ({
  type: types[kind],
  ...(about !== undefined && { description: about }),
  ...(values !== undefined && { enum: values }),
})

const types: Readonly<Record<ParameterKind, PropertySchema["type"]>> = {
  prompt: "string",
  text: "string",
  word: "string",
  count: "integer",
  flag: "boolean",
  time: "string",
  length: "string",
  schedule: "object",
  policy: "object",
}
