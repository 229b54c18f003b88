import { resolve } from "node:path"
import type { Writable } from "node:stream"
import { Effect, Layer } from "effect"
import * as ClockLive from "./clock/live.ts"
import type { Channel } from "./channels/channel.ts"
import { channelsLayer } from "./channels/channels.ts"
import { cliChat } from "./channels/cli-chat.ts"
import { fileChannel } from "./channels/file.ts"
import type { Configuration } from "./configuration/configuration.ts"
import { nodeName, zoneOf } from "./configuration/folder.ts"
import * as EngineLive from "./engine/live.ts"
import * as NodeDisk from "./log/file/node-disk.ts"
import { FileLog, layer as fileLogLayer } from "./log/file/file.ts"
import type { OpeningReport } from "./log/file/open.ts"
import * as MemoryLog from "./log/memory.ts"
import * as RandomLive from "./random-live.ts"
import { planner, version } from "./release.ts"
import type { Agent } from "./run/agent.ts"
import { agentsLayer } from "./run/agents.ts"
import { commandAgent } from "./run/command.ts"
import { echoAgent } from "./run/echo.ts"
import { shellAgent } from "./run/shell.ts"
import { Keeper } from "./serve/upkeep/keeper.ts"
import { Settings } from "./settings.ts"
import { Board } from "./views/board.ts"
import { Views } from "./views/views.ts"

/** Who answers, where answers go, and how it all behaves. */
export interface Parts {
  readonly settings: Settings["Service"]
  /** The first is the default. */
  readonly agents: ReadonlyArray<Agent>
  readonly channels: ReadonlyArray<Channel>
}

/** Where the log is kept; without a folder it lives as long as this process. */
export type Place =
  | { readonly folder: string; readonly engine: "sql.js" | "native"; readonly instance?: string }
  | undefined

/**
 * Everything over a store: engine and scheduler, views, retention and the ports themselves. The only
 * place that knows which store is in use.
 */
export const compose = ({ settings, agents, channels }: Parts, place: Place) =>
  Layer.mergeAll(EngineLive.layer, Views.layer, Board.layer).pipe(
    Layer.provideMerge(storeLayer(place)),
    Layer.provideMerge(
      Layer.mergeAll(
        ClockLive.layer,
        RandomLive.layer,
        Layer.succeed(Settings, Settings.of(settings)),
        agentsLayer(agents),
        channelsLayer(channels),
      ),
    ),
  )

/** The parts a configuration asks for. Answers to `cli_chat` are printed on `terminal`. */
export const partsOf = (
  configuration: Configuration,
  folder: string,
  terminal: Writable,
): Parts => ({
  settings: settingsOf(configuration),
  agents: agentsOf(configuration.agent, folder),
  channels: channelsOf(configuration.channels, folder, terminal),
})

export const settingsOf = (configuration: Configuration): Settings["Service"] => ({
  app: version,
  planner,
  node: nodeName(),
  ...zoneOf(configuration),
  schedulerEnabled: configuration.scheduler.enabled,
  maxConcurrent: configuration.scheduler.maxConcurrent,
  pollIntervalMs: configuration.scheduler.pollIntervalMs,
  stopGraceMs: configuration.scheduler.stopGraceMs,
  agentsSeeAll: configuration.agent.seesAllJobs,
  retention: configuration.retention,
})

const agentsOf = (agent: Configuration["agent"], folder: string): ReadonlyArray<Agent> => {
  const shell = agent.hasShell ? [shellAgent({ env: { HOROLOG_DATA: folder } })] : []
  if (agent.kind === "echo") return [echoAgent, ...shell]
  const command = commandAgent({
    name: "command",
    argv: agent.argv,
    // An agent that calls `horolog` from inside its run finds the folder it runs for.
    env: { HOROLOG_DATA: folder, ...agent.env },
    ...(agent.cwd !== null && { cwd: resolve(folder, agent.cwd) }),
    ...(agent.model !== null && { defaultModel: agent.model }),
  })
  return [command, echoAgent, ...shell]
}

const channelsOf = (
  { cliChat: isCliChat, fileFolder }: Configuration["channels"],
  folder: string,
  terminal: Writable,
): ReadonlyArray<Channel> => [
  ...(isCliChat ? [cliChat(terminal)] : []),
  ...(fileFolder === null ? [] : [fileChannel({ folder: resolve(folder, fileFolder) })]),
]

const storeLayer = (place: Place) =>
  place === undefined ? Layer.merge(MemoryLog.layer, memoryKeeper) : storeOnDisk(place)

const storeOnDisk = (place: NonNullable<Place>) =>
  fileKeeper.pipe(Layer.provideMerge(fileLogLayer(place)), Layer.provide(NodeDisk.layer))

const fileKeeper = Layer.effect(
  Keeper,
  Effect.map(FileLog, ({ folder, engine, journalBytes, checkpoint, announce, report }) =>
    Keeper.of({
      folder,
      engine,
      journalBytes,
      checkpoint,
      announce,
      notes: notesOf(report),
    }),
  ),
)

const memoryKeeper = Layer.succeed(
  Keeper,
  Keeper.of({
    folder: null,
    engine: "memory",
    journalBytes: () => 0,
    checkpoint: Effect.void,
    announce: () => Effect.void,
    notes: [],
  }),
)

/** What opening did that a person should know. */
const notesOf = ({ dropped, folded }: OpeningReport): ReadonlyArray<string> => [
  ...(dropped === undefined
    ? []
    : [
        `The last ${dropped.bytesCount} bytes of ${dropped.file} (from byte ${dropped.offset}) were cut off by a crash; nobody had been told of them, and they were dropped.`,
      ]),
  ...(folded === undefined ? [] : [`What the other engine had left (${folded}) was taken in.`]),
]
