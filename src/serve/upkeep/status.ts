import { Effect, Schema } from "effect"
import { EpochMs } from "../../../events/time.ts"
import { Channels } from "../../channels/channel.ts"
import { EventLog } from "../../log/event-log.ts"
import { defineOperation } from "../../operations/operation.ts"
import { version } from "../../release.ts"
import { Agents } from "../../run/agent.ts"
import { Settings } from "../../settings.ts"
import { Board } from "../../views/board.ts"
import { Keeper } from "./keeper.ts"

export const StatusAnswer = Schema.Struct({
  version: Schema.String,
  planner: Schema.String,
  folder: Schema.NullOr(Schema.String),
  engine: Schema.String,
  /** Whether a server holds the folder; without one nothing fires. */
  served: Schema.Boolean,
  clock: Schema.Literals(["ticking", "paused", "stopped"]),
  zone: Schema.String,
  zone_from: Schema.String,
  agents: Schema.Array(Schema.String),
  channels: Schema.Array(Schema.String),
  /** Jobs by their state. */
  jobs: Schema.Record(Schema.String, Schema.Int),
  next_due_at: Schema.NullOr(EpochMs),
  running: Schema.Array(
    Schema.Struct({ run_id: Schema.String, job_id: Schema.String, started_at: EpochMs }),
  ),
  head: Schema.Int,
  /** When the log began. */
  first_at: Schema.NullOr(EpochMs),
  journal_bytes: Schema.Int,
  notes: Schema.Array(Schema.String),
})
export type StatusAnswer = typeof StatusAnswer.Type

/** What is going on, in a few numbers. */
export const status = (served: boolean) =>
  defineOperation({
    name: "status",
    title: "Say what is going on",
    kind: "read",
    input: Schema.Struct({}),
    output: StatusAnswer,
    run: Effect.fn("status")(function* () {
      const log = yield* EventLog
      const keeper = yield* Keeper
      const settings = yield* Settings
      const { clock, counts, nextDueAt, running } = yield* (yield* Board).look
      const [first] = yield* log.rows({ limit: 1 })
      return {
        version,
        planner: settings.planner,
        folder: keeper.folder,
        engine: keeper.engine,
        served,
        clock,
        zone: settings.zone,
        zone_from: settings.zoneFrom,
        agents: (yield* Agents).names,
        channels: (yield* Channels).kinds,
        jobs: counts,
        next_due_at: nextDueAt,
        running: Object.entries(running).map(([run_id, { jobId, startedAt }]) => ({
          run_id,
          job_id: jobId,
          started_at: startedAt,
        })),
        head: yield* log.head,
        first_at: first?.at ?? null,
        journal_bytes: keeper.journalBytes(),
        notes: keeper.notes,
      }
    }),
  })
