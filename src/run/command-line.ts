import { Result } from "effect"
import { AgentFailed, type AgentRequest } from "./agent.ts"

/** How a program is called for one run. */
export interface CommandLine {
  readonly program: string
  readonly arguments: ReadonlyArray<string>
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** What a person configures of it. */
export interface CommandPattern {
  readonly name: string
  readonly argv: ReadonlyArray<string>
  readonly env?: Readonly<Record<string, string>>
  readonly defaultModel?: string
}

/** Fills in the model and the run. The program itself is never chosen by a job. */
export const commandLine = (
  pattern: CommandPattern,
  request: AgentRequest,
): Result.Result<CommandLine, AgentFailed> => {
  const [program, ...patterns] = pattern.argv
  if (program === undefined || program === "") return Result.fail(noProgram(pattern.name))
  const model = request.model ?? pattern.defaultModel ?? null
  return Result.map(fillIn(pattern.name, patterns, model), (filled) => ({
    program,
    arguments: filled,
    environment: { ...process.env, ...pattern.env, ...ofRun(request, model) },
  }))
}

const placeholder = "{model}"

const fillIn = (name: string, patterns: ReadonlyArray<string>, model: string | null) => {
  if (!patterns.some((one) => one.includes(placeholder))) return Result.succeed(patterns)
  if (model === null) return Result.fail(noModel(name))
  if (model.startsWith("-") || model.includes("\0")) return Result.fail(strangeModel(name, model))
  return Result.succeed(patterns.map((one) => one.replaceAll(placeholder, () => model)))
}

/** Every name is set, an empty one too: what an outer run left must not be taken for this one. */
const ofRun = (request: AgentRequest, model: string | null) => ({
  HOROLOG_JOB_ID: request.jobId,
  HOROLOG_RUN: request.runId,
  HOROLOG_DUE_AT: new Date(request.dueAt).toISOString(),
  HOROLOG_CHANNEL: request.channel,
  HOROLOG_CHAT_ID: request.chatId,
  HOROLOG_MODEL: model ?? "",
})

const noProgram = (name: string) =>
  AgentFailed.make({
    name: "NoProgram",
    message: `The agent ${name} has no program to call: argv is empty. Expected a program and its arguments, such as ["my-agent", "--print"].`,
    class: "fatal",
  })

const noModel = (name: string) =>
  AgentFailed.make({
    name: "NoModel",
    message: `The agent ${name} is called with ${placeholder}, but neither the job nor the agent names a model. Give the job a model, or the agent a default one.`,
    class: "fatal",
  })

/** A job's model comes from a chat: it may name a model, and never become an option of the program. */
const strangeModel = (name: string, model: string) =>
  AgentFailed.make({
    name: "StrangeModel",
    message: `The agent ${name} is not called with the model ${JSON.stringify(model)}. Expected the name of a model, which does not begin with "-".`,
    class: "fatal",
  })
