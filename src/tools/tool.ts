/** What a parameter holds, and so what is made of the shapes in which models send it. */
export type ParameterKind =
  | "prompt"
  | "text"
  | "word"
  | "count"
  | "flag"
  | "time"
  | "length"
  | "schedule"
  | "policy"

/** One parameter, with the words a model reads. */
export interface Parameter {
  readonly kind: ParameterKind
  readonly about?: string
  readonly values?: ReadonlyArray<string>
}

/** A tool as a model sees it, and the operation that it asks. */
export interface ToolDefinition {
  readonly name: ToolName
  readonly operation: OperationName
  readonly description: string
  readonly parameters: Readonly<Record<string, Parameter>>
  readonly required: ReadonlyArray<string>
}

export type ToolName = `cron_${
  | "add"
  | "list"
  | "remove"
  | "enable"
  | "disable"
  | "update"
  | "run"
  | "runs"
  | "preview"
  | "why"}`

export type OperationName =
  | "add"
  | "list"
  | "remove"
  | "enable"
  | "disable"
  | "update"
  | "run"
  | "runs"
  | "next"
  | "why"
