import { Effect, Exit, ManagedRuntime, Scope, Stream } from "effect"
import type { Actor, Recorded } from "../../events/envelope.ts"
import type { JobCommand } from "../../machines/command.ts"
import { Clock } from "../clock/clock.ts"
import { compose } from "../compose.ts"
import { Engine, type Decided } from "../engine/engine.ts"
import { Scheduler } from "../engine/scheduler.ts"
import { EventLog } from "../log/event-log.ts"
import { call } from "../operations/catalogue.ts"
import type { ListAnswer } from "../operations/list.ts"
import type { Caller, OperationServices } from "../operations/operation.ts"
import type { RunsAnswer } from "../operations/runs.ts"
import { Random } from "../random.ts"
import type { ToolResult } from "../tools/result.ts"
import type { ToolName } from "../tools/tool.ts"
import { callTool, toolList } from "../tools/tools.ts"
import { inTurn, lastingUntil, telling, valueOf } from "./lasting.ts"
import { partsOf, placeOf, type OpenOptions } from "./options.ts"

type Tool = (args: unknown, caller?: Caller) => Promise<ToolResult>

/** What a dispatched command came to. */
export type Dispatched = Pick<Decided, "jobId" | "facts">

/**
 * A Horolog inside a program. Promises reject with a Refusal, or with LogFailed when the log is lost.
 * Once the scheduler has failed, every promise rejects with that failure.
 */
export interface Horolog extends AsyncDisposable {
  /** A command as it is, for programs that bring ids and actors of their own. */
  readonly dispatch: (command: JobCommand, caller?: Caller) => Promise<Dispatched>
  /** Asks any operation of the catalogue by its name, as the command line does. */
  readonly ask: (operation: string, input: unknown, caller?: Caller) => Promise<unknown>
  /** The tools for models, by name. A refusal is a result with `success: false`. */
  readonly tools: Readonly<Record<ToolName, Tool>>
  /** The jobs, by next run. */
  readonly jobs: (filter?: {
    readonly status?: "all" | "enabled" | "disabled"
    readonly limit?: number
    readonly cursor?: string
  }) => Promise<ListAnswer>
  /** The runs, newest first; of one job with `job_id`. */
  readonly runs: (filter?: {
    readonly job_id?: string
    readonly limit?: number
    readonly cursor?: string
  }) => Promise<RunsAnswer>
  /** Every durable fact after a position (0: all), then every later one as it becomes durable. */
  readonly events: (options?: { readonly after?: number }) => AsyncIterable<Recorded>
  /** Stops gracefully: open runs get their grace, then all is put away. */
  readonly close: () => Promise<void>
}

const program: Caller = { by: { kind: "user", id: "program" } satisfies Actor }

/**
 * Opens a Horolog and starts its clock. It shares nothing with another one in the same process.
 * Rejects with LogFailed when the folder is held by somebody else, or damaged.
 */
export const openHorolog = async (options: OpenOptions = {}): Promise<Horolog> => {
  const runtime = ManagedRuntime.make(compose(partsOf(options), placeOf(options)))
  const scope = Scope.makeUnsafe()
  const run = async <A, E>(effect: Effect.Effect<A, E, OperationServices | EventLog | Scheduler>) =>
    valueOf(await runtime.runPromiseExit(whileItLives(effect)))
  const close = once(() =>
    inTurn(
      () => Effect.runPromise(Scope.close(scope, Exit.void)),
      () => runtime.dispose(),
    ),
  )
  try {
    await run(Scope.provide(start(options), scope))
  } catch (cause) {
    // Whatever goes wrong in putting away what had begun follows from the first failure.
    await close().catch(() => undefined)
    throw cause
  }
  const ask = (operation: string, input: unknown, caller: Caller = program) =>
    run(call(operation, input, caller))

  return {
    ask,
    close,
    dispatch: (command, caller = program) => run(dispatch(command, caller)),
    tools: toolsOf((name, args, caller = program) => run(callTool(name, args, caller))),
    jobs: (filter = {}) => ask("list", filter) as Promise<ListAnswer>,
    runs: (filter = {}) => ask("runs", filter) as Promise<RunsAnswer>,
    events: ({ after = 0 } = {}) => eventsOf(run(subscription(after))),
    [Symbol.asyncDispose]: close,
  }
}

/** Starts the scheduler, and tells when it fails, until the scope is closed. */
const start = Effect.fnUntraced(function* ({ clock = true, onFailure }: OpenOptions) {
  const scheduler = yield* Scheduler
  yield* scheduler.start({ clock })
  yield* Effect.forkScoped(telling(scheduler.failure, onFailure))
})

const whileItLives = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Scheduler.use(({ failure }) => lastingUntil(failure)(effect))

const dispatch = Effect.fnUntraced(function* (command: JobCommand, caller: Caller) {
  const engine = yield* Engine
  const { uuid } = yield* Random
  const { now } = yield* Clock
  return yield* engine.dispatch({
    command,
    commandId: caller.commandId ?? uuid(now()),
    by: caller.by,
    body: command,
    answer: ({ jobId, facts }): Dispatched => ({ jobId, facts }),
  })
})

const toolsOf = (
  callByName: (name: string, args: unknown, caller?: Caller) => Promise<ToolResult>,
): Horolog["tools"] =>
  Object.fromEntries(
    toolList.map(({ name }): [string, Tool] => [
      name,
      (args, caller) => callByName(name, args, caller),
    ]),
  ) as Record<ToolName, Tool>

const subscription = Effect.fnUntraced(function* (after: number) {
  const log = yield* EventLog
  const { failure } = yield* Scheduler
  return Stream.interruptWhen(log.subscribe(after), failure)
})

async function* eventsOf<E>(
  facts: Promise<Stream.Stream<Recorded, E>>,
): AsyncGenerator<Recorded, void, undefined> {
  yield* Stream.toAsyncIterable(await facts)
}

/** However often it is called, it happens once, and all callers wait for it. */
const once = <A>(happen: () => Promise<A>): (() => Promise<A>) => {
  let happening: Promise<A> | undefined
  return () => (happening ??= happen())
}
