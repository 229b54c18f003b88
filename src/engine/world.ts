import { Effect } from "effect"
import type { JobId } from "../../events/ids.ts"
import type { DecideContext } from "../../machines/command.ts"
import { Channels } from "../channels/channel.ts"
import { Clock } from "../clock/clock.ts"
import { EventLog } from "../log/event-log.ts"
import { Agents } from "../run/agent.ts"
import { Settings } from "../settings.ts"
import { Boot } from "./boot.ts"
import { ClockActor } from "./clock-actor.ts"
import type { Request } from "./engine.ts"
import { Heads } from "./heads.ts"

/** Gathers what a decision may depend on beside the state and the command. */
export const makeWorld = Effect.gen(function* () {
  const log = yield* EventLog
  const heads = yield* Heads
  const clock = yield* Clock
  const clockActor = yield* ClockActor
  const { kinds } = yield* Channels
  const { names: agents } = yield* Agents
  const { bootId } = yield* Boot
  const { zone, zoneFrom, planner, node, agentsSeeAll } = yield* Settings

  const keyOwner = Effect.fnUntraced(function* (key: string) {
    const [row] = yield* log.query("SELECT job_id FROM job_keys WHERE key = ?", [key])
    return row === undefined ? {} : { keyOwner: row["job_id"] as JobId }
  })

  const runMayWrite = Effect.fnUntraced(function* (runId: string) {
    const [row] = yield* log.query("SELECT job_id FROM job_runs WHERE id = ?", [runId])
    if (row === undefined) return { runMayWrite: false }
    const { state } = yield* heads.get(row["job_id"] as JobId)
    return { runMayWrite: state.context.definition.policy.mayWriteSchedule }
  })

  return Effect.fnUntraced(function* ({ command, by }: Request<unknown>) {
    const now = clock.now()
    const context: DecideContext = {
      now,
      by,
      zone,
      zoneFrom,
      planner,
      bootId,
      node,
      upSince: clockActor.upSince() ?? now,
      resumedAt: clockActor.resumedAt(),
      channels: kinds,
      agents,
      agentsSeeAll,
      ...(command.type === "add-job" &&
        command.key !== undefined &&
        (yield* keyOwner(command.key))),
      ...(by.runId !== undefined && (yield* runMayWrite(by.runId))),
    }
    return context
  })
})
