import { it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { describe, expect } from "vitest"
import { jobStream } from "../../../events/stream.ts"
import { diff } from "../../../src/inspect/diff.ts"
import { EventLog } from "../../../src/log/event-log.ts"
import * as MemoryLog from "../../../src/log/memory.ts"
import { Random } from "../../../src/random.ts"
import { batch, succeeded, workload } from "../../contract/log-batches.ts"
import { tablesOf } from "../../contract/log/trial.ts"
import {
  added,
  hour,
  jobId,
  minute,
  noon,
  plan,
  removed,
  rescheduled,
  runId,
  started,
} from "../../kit/samples.ts"

const memory = MemoryLog.layer.pipe(Layer.provide(Random.layer))
const stream = jobStream(jobId)

const filled = Effect.gen(function* () {
  const log = yield* EventLog
  yield* log.append({ ...batch("add", stream, [added()]), at: noon - hour })
  yield* log.append({ ...batch("start", stream, [started()]), at: noon })
  const settled = [succeeded(runId), rescheduled(plan(noon + hour))]
  yield* log.append({ ...batch("settle", stream, settled), at: noon + minute })
  const other = [added({ jobId: "job_other" })]
  yield* log.append({ ...batch("other", jobStream("job_other"), other), at: noon + 2 * minute })
  yield* log.append({
    ...batch("remove", stream, [removed("manual", noon + hour)]),
    at: noon + 3 * minute,
  })
  return log
})

describe("the difference of two moments", () => {
  it.effect("is the rows that came, changed and went, with the columns that are other", () =>
    Effect.gen(function* () {
      const log = yield* filled
      const { changes, ...places } = yield* diff(log, {
        from: { position: 1 },
        to: { position: 2 },
      })
      expect(places).toEqual({
        from: { position: 1, at: noon - hour },
        to: { position: 2, at: noon },
      })
      expect(changes).toMatchObject([
        {
          table: "scheduled_jobs",
          key: jobId,
          change: "changed",
          before: { state: "enabled", next_run_at: noon },
          after: { state: "running" },
        },
        { table: "job_runs", key: runId, change: "added", before: null, after: { job_id: jobId } },
      ])
      expect(changes[0]?.after).not.toHaveProperty("prompt")
    }).pipe(Effect.provide(memory)),
  )

  it.effect("may be told by times, of one job, and the other way round", () =>
    Effect.gen(function* () {
      const log = yield* filled
      const from = { at: noon + minute }
      const whole = yield* diff(log, { from, to: {} })
      expect(whole.changes.map(({ key, change }) => [key, change])).toEqual([
        [jobId, "removed"],
        ["job_other", "added"],
      ])
      const mine = yield* diff(log, { from, to: {}, jobId })
      expect(mine.changes.map(({ key }) => key)).toEqual([jobId])
      const back = yield* diff(log, { from: {}, to: from })
      expect(back.changes.map(({ key, change }) => [key, change])).toEqual([
        [jobId, "added"],
        ["job_other", "removed"],
      ])
    }).pipe(Effect.provide(memory)),
  )

  it.effect("of a moment with itself is nothing, and of all is the tables", () =>
    Effect.gen(function* () {
      const log = yield* EventLog
      for (const one of workload(31, 300)) yield* log.append(one)
      expect((yield* diff(log, { from: {}, to: {} })).changes).toEqual([])
      const { changes } = yield* diff(log, { from: { position: 0 }, to: {} })
      const tables = yield* tablesOf(log)
      expect(changes.map(({ after }) => after)).toEqual(
        expect.arrayContaining(Object.values(tables).flat()),
      )
      expect(changes).toHaveLength(Object.values(tables).flat().length)
    }).pipe(Effect.provide(memory)),
  )
})
