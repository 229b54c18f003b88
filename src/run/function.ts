import { Effect, Result, Schema } from "effect"
import { Usage } from "../../events/run.ts"
import type { RunOutcome } from "../../machines/command.ts"
import { AgentFailed, type Agent, type AgentAnswer, type AgentRequest } from "./agent.ts"
import { failureOf } from "./thrown.ts"

/**
 * An agent that is a function of the program Horolog is part of. `signal` is aborted when the run is
 * cancelled or out of time. A thrown error may say `class` (retryable, quota, refused, fatal),
 * `retryAt` (epoch ms) and `name`; otherwise failures of the network and of a busy server are
 * retryable, and all else is fatal.
 */
export type AgentFunction = (request: AgentRequest, signal: AbortSignal) => Promise<AgentAnswer>

/**
 * Makes an agent of a function. A function cannot be ended from outside: it is asked to, through its
 * signal, and what it answers after that is reported as late.
 */
export const functionAgent = (options: {
  readonly name: string
  readonly ask: AgentFunction
}): Agent => ({
  name: options.name,
  run: Effect.fnUntraced(function* (request, hooks) {
    const inBackground = Effect.runForkWith(yield* Effect.context())
    const abort = new AbortController()
    const asked = ask(options, request, abort.signal)
    const outcome = yield* Effect.promise(() => asked).pipe(
      Effect.onInterrupt(() =>
        Effect.sync(() => {
          abort.abort()
          void asked.then((late) => late && inBackground(hooks.answeredLate(outcomeOf(late))))
        }),
      ),
    )
    return outcome === null ? yield* Effect.interrupt : yield* Effect.fromResult(outcome)
  }),
  reap: () => Effect.succeed(false),
})

type Answered = Result.Result<AgentAnswer, AgentFailed>

/** Never rejects. Null: it stopped as it was asked to, which is no outcome. */
const ask = async (
  { name, ask }: { readonly name: string; readonly ask: AgentFunction },
  request: AgentRequest,
  signal: AbortSignal,
): Promise<Answered | null> => {
  try {
    return checked(name, await ask(request, signal))
  } catch (thrown) {
    return signal.aborted && isAbort(thrown, signal) ? null : Result.fail(failureOf(name, thrown))
  }
}

const isAbort = (thrown: unknown, signal: AbortSignal): boolean =>
  thrown === signal.reason || (thrown instanceof Error && thrown.name === "AbortError")

const Answer = Schema.Struct({ text: Schema.String, usage: Schema.optional(Usage) })
const decodeAnswer = Schema.decodeUnknownResult(Answer)

/** What comes from outside our types is looked at, before it becomes a fact. */
const checked = (name: string, answer: unknown): Answered =>
  Result.mapBoth(decodeAnswer(answer), {
    onSuccess: ({ text, usage }) => ({
      // A lone half of a character cannot be stored as UTF-8, and would not come back as it was.
      text: text.toWellFormed(),
      ...(usage !== undefined && { usage }),
    }),
    onFailure: ({ message }) =>
      AgentFailed.make({
        name: "InvalidAnswer",
        message: `The agent ${name} answered with something else than { text, usage? }: ${message}`,
        class: "fatal",
      }),
  })

const outcomeOf = (answered: Answered): RunOutcome =>
  Result.match(answered, {
    onSuccess: (answer) => ({ type: "succeeded", ...answer }),
    onFailure: ({ name, message, class: errorClass, retryAt }) => ({
      type: "failed",
      error: { name, message, class: errorClass },
      ...(retryAt !== undefined && { retryAt }),
    }),
  })
