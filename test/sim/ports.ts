import { Effect, Layer } from "effect"
import type { RunOutcome } from "../../machines/command.ts"
import { Channels, DeliveryFailed, type Channel } from "../../src/channels/channel.ts"
import { Random } from "../../src/random.ts"
import { AgentFailed, Agents, type Agent, type AgentRequest } from "../../src/run/agent.ts"
import { Settings } from "../../src/settings.ts"
import { between, type Chance, chanceOf, weighted } from "./chance.ts"
import type { Outside } from "./outside.ts"
import type { Script } from "./script.ts"
import type { Time } from "./time.ts"
import type { Verdict } from "./violation.ts"

/** What the ports of a process are made of. */
export interface PortsOptions {
  readonly script: Script
  readonly time: Time
  readonly outside: Outside
  readonly guard: Verdict["guard"]
  /** A process that is gone reaches nobody any more. */
  readonly isDead: () => boolean
  /** Agents and chats that never fail, for the end of a world. */
  readonly isKind: () => boolean
  readonly bootsCount: number
}

export const planner = "croner@sim tzdata@sim"

/** Agents, channels, settings and chance of one process. */
export const portsOf = (options: PortsOptions) =>
  Layer.mergeAll(agents(options), channels(options), random(options), settings(options.script))

const settings = ({ settings: asked }: Script) =>
  Layer.succeed(
    Settings,
    Settings.of({
      app: "0.0.0-sim",
      planner,
      node: "sim",
      zone: "UTC",
      zoneFrom: "host",
      schedulerEnabled: true,
      maxConcurrent: asked.maxConcurrent,
      pollIntervalMs: asked.pollIntervalMs,
      stopGraceMs: asked.stopGraceMs,
      agentsSeeAll: false,
      retention: { runsPerJobMax: asked.runsPerJobMax, textDaysMax: asked.textDaysMax },
    }),
  )

const random = ({ script, bootsCount }: PortsOptions) => {
  const chance = chanceOf(script.seed, "random", bootsCount)
  const word = () =>
    chance
      .below(2 ** 32)
      .toString(16)
      .padStart(8, "0")
  const hex = (digits: number): string => `${word()}${word()}${word()}${word()}`.slice(0, digits)
  const uuid = (at: number): string => {
    const time = Math.max(0, at).toString(16).padStart(12, "0").slice(-12)
    return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(3)}-8${hex(3)}-${hex(12)}`
  }
  return Layer.succeed(Random, Random.of({ uuid, salt: () => hex(32) }))
}

type Behaviour = (
  request: AgentRequest,
  hooks: Parameters<Agent["run"]>[1],
  chance: Chance,
) => ReturnType<Agent["run"]>

const agents = (options: PortsOptions) => {
  const { script, time, outside, isDead, isKind, guard } = options
  const behaviours = behavioursOf(time)
  const agent: Agent = {
    name: "sim",
    run: (request, hooks) =>
      Effect.suspend(() => {
        if (isDead()) return Effect.never
        guard(() => outside.called(request.runId))
        const { jobId, dueAt, attempt, trigger } = request
        const chance = chanceOf(script.seed, "agent", jobId, dueAt, attempt, trigger)
        const isBrief = script.settings.isTerse && chance.next() < 0.92
        if (isBrief) return answer("")
        return isKind() ? answer("ok") : weighted(chance, behaviours)(request, hooks, chance)
      }),
    reap: () => Effect.succeed(true),
  }
  return Layer.succeed(
    Agents,
    Agents.of({
      names: ["sim"],
      pick: (name) => (name === undefined || name === "sim" ? agent : undefined),
    }),
  )
}

const answer = (text: string) => Effect.succeed({ text })

const minute = 60_000
const errorClasses = ["retryable", "retryable", "quota", "refused", "fatal"] as const

const behavioursOf = ({ clock, after }: Time): ReadonlyArray<readonly [number, Behaviour]> => {
  const slowly = (chance: Chance, msMax: number) => clock.sleep(1 + chance.below(msMax))
  const fails: Behaviour = (_request, _hooks, chance) => {
    const errorClass = chance.pick(errorClasses)
    const failure = new AgentFailed({
      name: "Failed",
      message: "it would not",
      class: errorClass,
      ...(errorClass === "quota" && { retryAt: clock.now() + between(chance, -5, 90) * minute }),
    })
    return Effect.andThen(slowly(chance, minute), Effect.fail(failure))
  }
  const late: Behaviour = (_request, { answeredLate }, chance) =>
    Effect.flatMap(Effect.context(), (context) =>
      Effect.onInterrupt(Effect.never, () =>
        Effect.sync(() => {
          const outcome: RunOutcome = { type: "succeeded", text: "at last" }
          after(1 + chance.below(20 * minute), () => {
            Effect.runForkWith(context)(answeredLate(outcome))
          })
        }),
      ),
    )
  return [
    [20, () => answer("ok")],
    [15, () => answer("")],
    [20, (_request, _hooks, chance) => Effect.andThen(slowly(chance, 3 * minute), answer("slow"))],
    [3, (_request, _hooks, chance) => Effect.andThen(slowly(chance, 90 * minute), answer("long"))],
    [3, (request, { spawned }) => Effect.andThen(spawned(processOf(request)), answer("spawned"))],
    [8, fails],
    [2, () => Effect.never],
    [1, late],
    [1, () => Effect.die(new Error("the agent broke"))],
  ]
}

const processOf = ({ dueAt }: AgentRequest) => ({ pid: 1 + (dueAt % 30_000), startedAt: dueAt })

const channels = (options: PortsOptions) => {
  const all = [channelOf("cli_chat", false, options), channelOf("webhook", true, options)]
  return Layer.succeed(
    Channels,
    Channels.of({
      kinds: all.map(({ kind }) => kind),
      get: (kind) => all.find((channel) => channel.kind === kind),
    }),
  )
}

const channelOf = (kind: string, idempotent: boolean, options: PortsOptions): Channel => {
  const { script, time, outside, isDead, isKind, bootsCount, guard } = options
  let sendsCount = 0
  return {
    kind,
    idempotent,
    send: ({ deliveryId }) =>
      Effect.suspend(() => {
        if (isDead()) return Effect.never
        guard(() => outside.sent({ deliveryId, idempotent }))
        sendsCount += 1
        const chance = chanceOf(script.seed, "send", deliveryId, bootsCount, sendsCount)
        const arrives = Effect.sync(() => {
          if (!isDead()) guard(() => outside.received({ deliveryId, idempotent }))
          return { receipt: null }
        })
        const failure = (retryable: boolean) =>
          Effect.fail(new DeliveryFailed({ message: "the line is cut", retryable }))
        if (isKind()) return arrives
        return weighted<() => ReturnType<Channel["send"]>>(chance, [
          [20, () => arrives],
          [5, () => Effect.andThen(time.clock.sleep(1 + chance.below(20_000)), arrives)],
          [2, () => failure(true)],
          [1, () => failure(false)],
          [0.5, () => Effect.never],
        ])()
      }),
  }
}
