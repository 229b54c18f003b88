import { Effect } from "effect"
import type { Plan } from "../../events/plan.ts"
import type { Schedule } from "../../events/schedule.ts"
import type { EpochMs } from "../../events/time.ts"
import type { ReplanJob } from "../../machines/command.ts"
import { nextDue } from "../../machines/next-due.ts"
import { Clock } from "../clock/clock.ts"
import { EventLog, type LogFailed, type Row } from "../log/event-log.ts"
import { Random } from "../random.ts"
import { Settings } from "../settings.ts"
import { Boot } from "./boot.ts"
import { ClockActor } from "./clock-actor.ts"
import { Engine } from "./engine.ts"
import type { makeStarter } from "./starter.ts"

const pageMax = 200
/** So many commands share one sync of the disk. */
const atOnceMax = 50

/** Goes through the jobs of a condition by their ids, page by page. */
const makeEachJob = Effect.gen(function* () {
  const log = yield* EventLog
  return Effect.fnUntraced(function* (
    { condition, params }: { readonly condition: string; readonly params: ReadonlyArray<number> },
    visit: (rows: ReadonlyArray<Row>) => Effect.Effect<void, LogFailed>,
  ) {
    let after = ""
    for (;;) {
      const rows = yield* log.query(
        `SELECT id, plan, schedule FROM scheduled_jobs WHERE ${condition} AND id > ? ORDER BY id LIMIT ?`,
        [...params, after, pageMax],
      )
      yield* visit(rows)
      if (rows.length < pageMax) return
      after = String(rows.at(-1)?.["id"])
    }
  })
})

/**
 * Lets pass what nobody is to run: what was missed by jobs that catch up with nothing, and all that came
 * due while everything was paused. It needs no slot, and so it does not wait for one.
 */
export const makePassOver = (starter: Effect.Success<ReturnType<typeof makeStarter>>) =>
  Effect.gen(function* () {
    const clock = yield* Clock
    const clockActor = yield* ClockActor
    const eachJob = yield* makeEachJob
    let done = ""

    const sweep = (upSince: EpochMs, resumedAt: EpochMs) => {
      const now = clock.now()
      const params = [now, resumedAt, upSince]
      return eachJob({ condition: passed, params }, (rows) =>
        Effect.forEach(
          clockActor.woke(
            rows.map(({ id }) => String(id)),
            now,
          ),
          starter.passOver,
          { discard: true, concurrency: atOnceMax },
        ),
      )
    }

    /** Once for every break in the watching of the clock. */
    return Effect.suspend((): Effect.Effect<void, LogFailed> => {
      const upSince = clockActor.upSince()
      const resumedAt = clockActor.resumedAt()
      const breaks = `${upSince}/${resumedAt}`
      if (upSince === undefined || clockActor.state() !== "ticking" || breaks === done) {
        return Effect.void
      }
      return Effect.tap(sweep(upSince, resumedAt), () =>
        Effect.sync(() => {
          done = breaks
        }),
      )
    })
  })

const passed =
  "wake_at <= ? AND open_run_id IS NULL AND retry IS NULL AND backlog IS NULL AND " +
  "(wake_at < ? OR (wake_at < ? AND json_extract(policy, '$.catchUp.mode') = 'none'))"

/** Has every job's plan computed anew where it may have come out wrong. */
export const makeReplan = Effect.gen(function* () {
  const engine = yield* Engine
  const clock = yield* Clock
  const { uuid } = yield* Random
  const { planner } = yield* Settings
  const { bootId } = yield* Boot
  const eachJob = yield* makeEachJob

  const replan = (jobId: string, reason: ReplanJob["reason"]) =>
    engine
      .dispatch({
        command: { type: "replan-job", jobId, reason },
        commandId: `replan/${jobId}/${uuid(clock.now())}`,
        by: { kind: "clock", id: bootId },
        body: null,
        answer: () => null,
      })
      // Whoever removed it meanwhile has spared us the work.
      .pipe(Effect.catchTag("Refusal", () => Effect.void))

  const all = (reason: ReplanJob["reason"], isWrong: (row: Row) => boolean) =>
    eachJob({ condition: "enabled = 1 AND plan IS NOT NULL", params: [] }, (rows) =>
      Effect.forEach(rows.filter(isWrong), ({ id }) => replan(String(id), reason), {
        discard: true,
        concurrency: atOnceMax,
      }),
    )

  return {
    /** The clock was set back by hours: plans were made on one that was wrong. */
    afterJump: all("clock-jumped", () => true),
    /** There may be other zone data than a plan was made with. */
    afterUpgrade: all("zone-data", (row) => isOutdated(row, planner)),
  }
})

const isOutdated = ({ plan, schedule }: Row, planner: string): boolean => {
  const planned = JSON.parse(String(plan)) as Plan
  const { type, ...rest } = JSON.parse(String(schedule)) as Schedule
  if (type !== "cron" || planned.planner === planner) return false
  // Bounds may delay the first one: whoever decides knows them.
  return nextDue({ type, ...rest } as Schedule, planned.after) !== planned.dueAt
}
