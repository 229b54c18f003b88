import { Exit, ManagedRuntime, Scope, type Effect } from "effect"
import { compose } from "../src/compose.ts"
import { functionChannel } from "../src/channels/function.ts"
import { Engine } from "../src/engine/engine.ts"
import { Scheduler } from "../src/engine/scheduler.ts"
import { EventLog, type Batch, type Row } from "../src/log/event-log.ts"
import { planner, version } from "../src/release.ts"
import { functionAgent, type AgentFunction } from "../src/run/function.ts"
import type { Settings } from "../src/settings.ts"

export type EngineName = "sql.js" | "native"

/** The engine a measurement was asked for by name. */
export const engineNamed = (name: string | undefined): EngineName => {
  if (name === "sql.js" || name === "native") return name
  throw new Error(`The engine is ${String(name)}; expected sql.js or native.`)
}

export interface Options {
  readonly folder: string
  readonly engine: EngineName
  readonly maxConcurrent?: number
  readonly agent?: AgentFunction
}

const settings = (maxConcurrent: number): Settings["Service"] => ({
  app: version,
  planner,
  node: "bench",
  zone: "UTC",
  zoneFrom: "host",
  schedulerEnabled: true,
  maxConcurrent,
  pollIntervalMs: 60_000,
  stopGraceMs: 30_000,
  agentsSeeAll: false,
  retention: { runsPerJobMax: 1_000, textDaysMax: 90 },
})

const answerNothing: AgentFunction = () => Promise.resolve({ text: "" })

/** Horolog on a folder, put together as the command and the library do it. */
export const openFolder = async (options: Options) => {
  const { folder, engine, maxConcurrent = 50, agent = answerNothing } = options
  const parts = {
    settings: settings(maxConcurrent),
    agents: [functionAgent({ name: "library", ask: agent })],
    channels: [functionChannel({ kind: "cli_chat", send: () => Promise.resolve() })],
  }
  const runtime = ManagedRuntime.make(compose(parts, { folder, engine }))
  const log = await runtime.runPromise(EventLog)
  const dispatcher = await runtime.runPromise(Engine)
  const scheduler = await runtime.runPromise(Scheduler)
  const scope = Scope.makeUnsafe()

  return {
    dispatch: dispatcher.dispatch,
    run: <A, E>(effect: Effect.Effect<A, E>): Promise<A> => runtime.runPromise(effect),
    append: (batch: Batch) => runtime.runPromise(log.append(batch)),
    durable: () => runtime.runPromise(log.durable),
    head: () => runtime.runPromise(log.head),
    rebuild: () => runtime.runPromise(log.rebuild),
    query: (sql: string): Promise<ReadonlyArray<Row>> => runtime.runPromise(log.query(sql)),
    /** The one number a question is answered with. */
    count: async (from: string): Promise<number> => {
      const [row] = await runtime.runPromise(log.query(`SELECT count(*) AS count FROM ${from}`))
      return Number(row?.["count"])
    },
    /** Lets the clock run. */
    start: () => runtime.runPromise(Scope.provide(scheduler.start({ clock: true }), scope)),
    close: async () => {
      await runtime.runPromise(Scope.close(scope, Exit.void))
      await runtime.dispose()
    },
  }
}

export type OpenFolder = Awaited<ReturnType<typeof openFolder>>
