import { Effect } from "effect"
import type { Agent, AgentHooks, AgentRequest } from "./agent.ts"
import { lastCharacters, withoutLastNewlines } from "./capture.ts"
import { startChild, type Child, type Ending } from "./child.ts"
import { commandLine, type CommandPattern } from "./command-line.ts"
import { endedBadly, notStarted, unsupported } from "./command-failure.ts"
import { reapGroup } from "./process-group.ts"

export interface CommandAgentOptions extends CommandPattern {
  /** The folder the program runs in; else the one this process runs in. */
  readonly cwd?: string
  /** How long its processes get to end by themselves before they are forced. */
  readonly killGraceMs?: number
  readonly answerBytesMax?: number
}

/**
 * Any command-line agent. The prompt is its standard input, the answer its standard output without
 * the last newlines. `{model}` in an argument becomes the job's model, else `defaultModel`; where
 * both are missing the run fails, since no argument can be left out safely. The run stands in the
 * environment as HOROLOG_JOB_ID, HOROLOG_RUN, HOROLOG_DUE_AT (ISO), HOROLOG_CHANNEL,
 * HOROLOG_CHAT_ID and HOROLOG_MODEL (empty: none), over `env`, over the environment of this process.
 *
 * Exit code 0 is an answer. 75 (EX_TEMPFAIL: a temporary failure) and being killed from outside are
 * retryable, any other code is fatal. When the program is over, or interrupted, all that is left of
 * its process group is ended too; only a process that leaves the group (a daemon) stays.
 */
export const commandAgent = (options: CommandAgentOptions): Agent => {
  const graceMs = options.killGraceMs ?? defaultGraceMs
  return {
    name: options.name,
    run: Effect.fn("CommandAgent.run")(function* (request, hooks) {
      return yield* Effect.acquireUseRelease(
        start(options, request),
        (child) => answer(options, child, { request, hooks }),
        (child) => end(child, graceMs),
      )
    }),
    reap: (process, runId) => Effect.promise(() => reapGroup(process, runId, graceMs)),
  }
}

const defaultGraceMs = 5_000
const defaultAnswerBytesMax = 10_000_000
const errorCharactersMax = 2_000

const start = Effect.fnUntraced(function* (options: CommandAgentOptions, request: AgentRequest) {
  if (process.platform === "win32") return yield* unsupported(options.name)
  const command = yield* Effect.fromResult(commandLine(options, request))
  const bounds = { cwd: options.cwd, outputBytesMax: answerBytesMax(options), errorCharactersMax }
  return yield* Effect.tryPromise({
    try: () => startChild(command, bounds),
    catch: (error) => notStarted(options, command, error as NodeJS.ErrnoException),
  })
})

const answerBytesMax = (options: CommandAgentOptions) =>
  options.answerBytesMax ?? defaultAnswerBytesMax

const answer = Effect.fnUntraced(function* (
  options: CommandAgentOptions,
  child: Child,
  { request, hooks }: { readonly request: AgentRequest; readonly hooks: AgentHooks },
) {
  yield* hooks.spawned({ pid: child.pid, startedAt: child.startedAt })
  const ending: Ending = yield* Effect.promise(() => child.converse(request.prompt))
  if (ending.type === "exited" && ending.code === 0) {
    return { text: withoutLastNewlines(child.output.text()) }
  }
  return yield* endedBadly(ending, {
    name: options.name,
    answerBytesMax: answerBytesMax(options),
    errors: child.errors.text().trim(),
    output: lastCharacters(child.output.text(), errorCharactersMax).trim(),
  })
})

const end = Effect.fnUntraced(function* (child: Child, graceMs: number) {
  const ended = yield* Effect.promise(() => child.end(graceMs))
  if (!ended) {
    yield* Effect.logWarning(`A process of the group ${child.pid} cannot be ended, even by force.`)
  }
})
