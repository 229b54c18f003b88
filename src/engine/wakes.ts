import { Effect } from "effect"
import type { JobId } from "../../events/ids.ts"
import type { EpochMs } from "../../events/time.ts"
import { EventLog, type Row } from "../log/event-log.ts"

/** A job and when it is to wake. */
export interface Wake {
  readonly jobId: JobId
  readonly wakeAt: EpochMs
}

/** Which jobs are asked about: those that are to wake by `now`, and not before `from`. */
export interface Within {
  readonly from: EpochMs
  readonly now: EpochMs
  readonly countMax: number
  readonly resting: ReadonlySet<JobId>
}

const toWake = (row: Row): Wake => ({ jobId: String(row["id"]), wakeAt: Number(row["wake_at"]) })

/** What wakes when, by the table. Reading rows for nothing would make every start later. */
export const makeWakes = Effect.gen(function* () {
  const log = yield* EventLog
  const query = (condition: string, params: ReadonlyArray<string | number>) =>
    Effect.map(
      log.query(
        `SELECT id, wake_at FROM scheduled_jobs WHERE ${condition} ORDER BY wake_at LIMIT ?`,
        params,
      ),
      (rows) => rows.map(toWake),
    )

  /** The earliest first. */
  const due = ({ from, now, countMax, resting }: Within) =>
    countMax <= 0
      ? Effect.succeed([])
      : Effect.map(
          query("wake_at >= ? AND wake_at <= ?", [from, now, countMax + resting.size]),
          (wakes) => wakes.filter(({ jobId }) => !resting.has(jobId)).slice(0, countMax),
        )

  /** The first one that is still to come. */
  const next = (now: EpochMs, resting: ReadonlySet<JobId>) =>
    Effect.map(query("wake_at > ?", [now, 1 + resting.size]), (wakes) =>
      wakes.find(({ jobId }) => !resting.has(jobId)),
    )

  /** When these jobs wake although a run of theirs is open, if they do. */
  const of = (jobIds: ReadonlyArray<JobId>) =>
    jobIds.length === 0
      ? Effect.succeed([])
      : query(`wake_at IS NOT NULL AND open_run_id IS NOT NULL AND id IN (${marks(jobIds)})`, [
          ...jobIds,
          jobIds.length,
        ])

  return { due, next, of }
})

const marks = (jobIds: ReadonlyArray<JobId>): string => jobIds.map(() => "?").join(", ")
