/**
 * Horolog as a library: `openHorolog` for programs, `nextRuns` for due times, the machines for
 * drawing and for tests, and the Effect layers and ports for those who compose their own.
 */
export { openHorolog, type Dispatched, type Horolog } from "./library/horolog.ts"
export type { OpenOptions } from "./library/options.ts"
export { nextRuns } from "./library/next-runs.ts"

export { clockMachine } from "../machines/clock.ts"
export { jobMachine } from "../machines/job.ts"
export type { JobCommand, ScheduleRequest } from "../machines/command.ts"
export { Refusal } from "../machines/refusal.ts"
export type { Actor, Recorded } from "../events/envelope.ts"
export type { Fact } from "../events/fact.ts"
export type { Schedule } from "../events/schedule.ts"

export type { Caller } from "./operations/operation.ts"
export { toolList, type ToolOffer } from "./tools/tools.ts"
export type { ToolResult } from "./tools/result.ts"

export { compose, type Parts, type Place } from "./compose.ts"
export { Engine, type Decided, type Request } from "./engine/engine.ts"
export { Scheduler } from "./engine/scheduler.ts"
export { EventLog, LogFailed, VersionConflict } from "./log/event-log.ts"
export { Views } from "./views/views.ts"
export { Settings } from "./settings.ts"
export { Clock } from "./clock/clock.ts"
export { Random } from "./random.ts"

export { AgentFailed, Agents, type Agent, type AgentRequest } from "./run/agent.ts"
export { commandAgent } from "./run/command.ts"
export { echoAgent } from "./run/echo.ts"
export { functionAgent, type AgentFunction } from "./run/function.ts"
export { Channels, DeliveryFailed, type Channel, type Message } from "./channels/channel.ts"
export { cliChat } from "./channels/cli-chat.ts"
export { fileChannel } from "./channels/file.ts"
export { functionChannel, type ChannelFunction } from "./channels/function.ts"
