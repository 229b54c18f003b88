import { Result } from "effect"
import { Refusal } from "../../machines/refusal.ts"
import type { Channel } from "../channels/channel.ts"
import { cliChat } from "../channels/cli-chat.ts"
import { functionChannel, type ChannelFunction } from "../channels/function.ts"
import { settingsOf, type Parts, type Place } from "../compose.ts"
import { configure } from "../configuration/configuration.ts"
import type { Agent } from "../run/agent.ts"
import { echoAgent } from "../run/echo.ts"
import { functionAgent, type AgentFunction } from "../run/function.ts"

/** How a program opens its own Horolog. Every part has a default. */
export interface OpenOptions {
  /** The folder of the log; without one the log is in memory and gone at the end. */
  readonly data?: string
  /** `native` (node:sqlite) for logs too large for memory. */
  readonly engine?: "sql.js" | "native"
  /** Answers prompts. Without one they are answered with themselves. */
  readonly agent?: AgentFunction | Agent
  /** Where answers go, by kind. Without any, `cli_chat` prints on standard output. */
  readonly channels?: Readonly<Record<string, ChannelFunction | Channel>>
  /** The zone for schedules that name none; the host's by default. */
  readonly timeZone?: string
  /** Runs at the same time; 4. */
  readonly maxConcurrent?: number
  /** False: commands are carried out, but nothing falls due. */
  readonly clock?: boolean
  /**
   * Told once, when the scheduler fails while it runs: the log was lost, or a fault of ours. Nothing
   * fires from then on; close it and open it again. Without it the failure is logged.
   */
  readonly onFailure?: (error: Error) => void
}

/** The parts and the place that the options ask for; throws a Refusal when they make no sense. */
export const partsOf = (options: OpenOptions): Parts =>
  Result.getOrThrow(
    Result.map(configure({ environment: {}, flags: flagsOf(options) }), (configuration): Parts => ({
      settings: settingsOf(configuration),
      agents: [agentOf(options.agent)],
      channels: channelsOf(options.channels),
    })),
  )

export const placeOf = ({ data, engine = "sql.js" }: OpenOptions): Place => {
  if (data === undefined) return undefined
  if (data.trim() !== "") return { folder: data, engine }
  throw new Refusal({
    code: "invalid-input",
    message: "The data folder is empty.",
    received: data,
    expected: "the path of a folder, or no `data` for a log in memory",
  })
}

const flagsOf = ({ timeZone, maxConcurrent }: OpenOptions): Readonly<Record<string, string>> => ({
  ...(timeZone !== undefined && { "gateway.scheduler.time_zone": timeZone }),
  ...(maxConcurrent !== undefined && {
    "gateway.scheduler.max_concurrent": String(maxConcurrent),
  }),
})

const agentOf = (agent: OpenOptions["agent"]): Agent => {
  if (agent === undefined) return echoAgent
  return typeof agent === "function" ? functionAgent({ name: "library", ask: agent }) : agent
}

const channelsOf = (channels: OpenOptions["channels"]): ReadonlyArray<Channel> =>
  channels === undefined
    ? [cliChat(process.stdout)]
    : Object.entries(channels).map(([kind, channel]) =>
        typeof channel === "function" ? functionChannel({ kind, send: channel }) : channel,
      )
