import { Effect, Exit, Layer, ManagedRuntime, Scope } from "effect"
import type { Actor, Recorded } from "../../events/envelope.ts"
import type { FactType } from "../../events/fact.ts"
import type { AddJob, JobCommand } from "../../machines/command.ts"
import type { JobRunRow } from "../../projections/job-runs.ts"
import type { ScheduledJobRow } from "../../projections/scheduled-jobs.ts"
import { DeliveryFailed, Channels, type Channel, type Message } from "../../src/channels/channel.ts"
import { Engine } from "../../src/engine/engine.ts"
import * as EngineLive from "../../src/engine/live.ts"
import { Scheduler } from "../../src/engine/scheduler.ts"
import { EventLog } from "../../src/log/event-log.ts"
import * as MemoryLog from "../../src/log/memory.ts"
import { Random } from "../../src/random.ts"
import { Agents, type Agent, type AgentRequest } from "../../src/run/agent.ts"
import { Settings } from "../../src/settings.ts"
import { makeTestClock, settle } from "./clock.ts"

export const monday = Date.UTC(2026, 10, 23, 9)
const minute = 60_000

const person: Actor = { kind: "user", id: "ada" }

let worldsCount = 0

/** Numbers instead of chance, other ones in every world. */
export const countingRandom = () => {
  let count = (worldsCount += 1) * 0x1_000_000
  const next = () => (count += 1).toString(16).padStart(12, "0")
  return Layer.succeed(
    Random,
    Random.of({
      uuid: () => `00000000-0000-7000-8000-${next()}`,
      salt: () => next().padStart(32, "0"),
    }),
  )
}

const echo: Agent["run"] = ({ prompt }) => Effect.succeed({ text: prompt })

/** A channel that remembers what it was given. */
export const rememberingChannel = (kind = "cli_chat", idempotent = false) => {
  const messages: Array<Message> = []
  const channel: Channel = {
    kind,
    idempotent,
    send: (message) => Effect.sync(() => ({ receipt: `${messages.push(message)}` })),
  }
  return { channel, messages }
}

/** A channel on which nothing ever arrives. */
export const brokenChannel = (retryable: boolean): Channel => ({
  kind: "cli_chat",
  idempotent: false,
  send: () => Effect.fail(new DeliveryFailed({ message: "the line is cut", retryable })),
})

export interface WorldOptions {
  readonly run?: Agent["run"]
  readonly channel?: Channel
  /** The names a job may give; only `test`, which is the default, answers. */
  readonly agents?: ReadonlyArray<string>
  readonly settings?: Partial<Settings["Service"]>
  readonly clock?: ReturnType<typeof makeTestClock>
  /** A log that outlives the world, for restarts. */
  readonly log?: Layer.Layer<EventLog, never, Random | Settings>
}

export const settingsOf = (settings: Partial<Settings["Service"]> = {}) =>
  Layer.succeed(
    Settings,
    Settings.of({
      app: "0.0.0-test",
      planner: "test",
      node: "here",
      zone: "UTC",
      zoneFrom: "host",
      schedulerEnabled: true,
      maxConcurrent: 4,
      pollIntervalMs: minute,
      stopGraceMs: 30_000,
      agentsSeeAll: false,
      retention: { runsPerJobMax: null, textDaysMax: null },
      ...settings,
    }),
  )

/** The whole engine in memory, on a clock that stands until it is moved. */
export const makeWorld = (options: WorldOptions = {}) => {
  const clock = options.clock ?? makeTestClock(monday)
  const { channel, messages } = rememberingChannel()
  const channels = [options.channel ?? channel]
  const asked: Array<AgentRequest> = []
  const agent: Agent = {
    name: "test",
    run: (request, hooks) => {
      asked.push(request)
      return (options.run ?? echo)(request, hooks)
    },
    reap: () => Effect.succeed(false),
  }
  const ports = Layer.mergeAll(
    clock.layer,
    countingRandom(),
    settingsOf(options.settings),
    Layer.succeed(
      Agents,
      Agents.of({
        names: options.agents ?? ["test"],
        pick: (name) => (name === undefined || name === "test" ? agent : undefined),
      }),
    ),
    Layer.succeed(
      Channels,
      Channels.of({
        kinds: channels.map(({ kind }) => kind),
        get: (kind) => channels.find((one) => one.kind === kind),
      }),
    ),
  )
  const log = options.log ?? MemoryLog.yieldingLayer
  const runtime = ManagedRuntime.make(
    EngineLive.layer.pipe(Layer.provideMerge(log), Layer.provideMerge(ports)),
  )
  const scope = Scope.makeUnsafe()
  let commandsCount = 0

  const dispatch = (command: JobCommand, by: Actor = person, commandId?: string) =>
    runtime.runPromise(
      Engine.use((engine) =>
        engine.dispatch({
          command,
          commandId: commandId ?? `command-${(commandsCount += 1)}`,
          by,
          body: command,
          answer: ({ jobId, facts }) => ({ jobId, facts: facts.map(({ type }) => type) }),
        }),
      ),
    )
  const add = (job: Partial<AddJob> & Pick<AddJob, "schedule">, by?: Actor) =>
    dispatch(
      {
        type: "add-job",
        jobId: "job_1",
        owner: { channel: "cli_chat", chatId: "default" },
        prompt: "Say hello.",
        channel: "cli_chat",
        chatId: "default",
        ...job,
      },
      by,
    )
  const query = <Row>(sql: string) =>
    runtime.runPromise(EventLog.use((events) => events.query(sql))) as Promise<ReadonlyArray<Row>>
  const facts = (): Promise<ReadonlyArray<Recorded>> =>
    runtime.runPromise(EventLog.use((events) => events.read({})))

  return {
    clock,
    messages,
    asked,
    runtime,
    dispatch,
    add,
    facts,
    /** The facts of jobs, by type, in order. */
    story: async (): Promise<ReadonlyArray<FactType>> =>
      (await facts())
        .filter(({ stream }) => stream.startsWith("job-"))
        .map(({ fact }) => fact.type),
    jobs: () => query<ScheduledJobRow>("SELECT * FROM scheduled_jobs ORDER BY id"),
    runs: () => query<JobRunRow>("SELECT * FROM job_runs ORDER BY started_at, id"),
    start: async (start = { clock: true }) => {
      await runtime.runPromise(
        Scheduler.use((scheduler) => scheduler.start(start)).pipe(Scope.provide(scope)),
      )
      await settle()
    },
    stop: () => runtime.runPromise(Scope.close(scope, Exit.void)),
    dispose: () => runtime.dispose(),
  }
}

export type World = ReturnType<typeof makeWorld>
