import { it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { describe, expect } from "vitest"
import { jobOfStream, jobStream, systemStream } from "../../../events/stream.ts"
import { replay } from "../../../src/inspect/replay.ts"
import { EventLog } from "../../../src/log/event-log.ts"
import * as MemoryLog from "../../../src/log/memory.ts"
import { Random } from "../../../src/random.ts"
import { tablesOf } from "../../contract/log/trial.ts"
import { batch, erased, rescheduled, succeeded, workload } from "../../contract/log-batches.ts"
import { added, hour, jobId, minute, noon, runId, started } from "../../kit/samples.ts"

const memory = MemoryLog.layer.pipe(Layer.provide(Random.layer))
const stream = jobStream(jobId)

const filled = Effect.gen(function* () {
  const log = yield* EventLog
  yield* log.append({ ...batch("add", stream, [added()]), at: noon - hour })
  yield* log.append({ ...batch("start", stream, [started()]), at: noon })
  const settled = [succeeded(runId), rescheduled(noon + hour)]
  yield* log.append({ ...batch("settle", stream, settled), at: noon + minute })
  const other = [added({ jobId: "job_other" })]
  yield* log.append({ ...batch("other", jobStream("job_other"), other), at: noon + 2 * minute })
  return log
})

describe("a replay", () => {
  it.effect("shows tables and states as they were at a position", () =>
    Effect.gen(function* () {
      const log = yield* filled
      const states = []
      for (const position of [0, 1, 2, 3, 4]) {
        const { tables, states: byJob } = yield* replay(log, { position })
        const run = tables.job_runs[0]?.status
        states.push([tables.scheduled_jobs[0]?.state, byJob.get(jobId)?.value, run])
      }
      expect(states).toEqual([
        [undefined, undefined, undefined],
        ["enabled", "enabled", undefined],
        ["running", "running.active", "running"],
        ["running", "running.active", "ok"],
        ["rescheduled", "rescheduled", "ok"],
      ])
    }).pipe(Effect.provide(memory)),
  )

  it.effect("or at a time, and says which position that was", () =>
    Effect.gen(function* () {
      const log = yield* filled
      const at = (time: number) =>
        Effect.map(replay(log, { at: time }), ({ position, at }) => [position, at])
      expect(yield* at(noon - 2 * hour)).toEqual([0, null])
      expect(yield* at(noon - 1)).toEqual([1, noon - hour])
      expect(yield* at(noon)).toEqual([2, noon])
      expect(yield* at(noon + hour)).toEqual([5, noon + 2 * minute])
    }).pipe(Effect.provide(memory)),
  )

  it.effect("never goes beyond the log, nor before it", () =>
    Effect.gen(function* () {
      const log = yield* filled
      expect((yield* replay(log, { position: 1_000 })).position).toBe(5)
      expect((yield* replay(log, { position: -3 })).position).toBe(0)
      expect((yield* replay(log)).position).toBe(5)
    }).pipe(Effect.provide(memory)),
  )

  it.effect("of one job shows that job and its runs, and is the same", () =>
    Effect.gen(function* () {
      const log = yield* EventLog
      for (const one of workload(21, 500)) yield* log.append(one)
      for (const position of [50, 300, 700]) {
        const all = yield* replay(log, { position })
        for (const jobId of ["job_1", "job_2", "job_3"]) {
          const one = yield* replay(log, { position, jobId })
          const { scheduled_jobs, job_runs, deliveries, job_keys } = all.tables
          expect(one.tables).toEqual({
            scheduled_jobs: scheduled_jobs.filter(({ id }) => id === jobId),
            job_runs: job_runs.filter(({ job_id }) => job_id === jobId),
            deliveries: deliveries.filter(({ job_id }) => job_id === jobId),
            job_keys: job_keys.filter(({ job_id }) => job_id === jobId),
          })
          expect([...one.states]).toEqual([...all.states].filter(([id]) => id === jobId))
        }
      }
    }).pipe(Effect.provide(memory)),
  )

  it.effect("of now is what the tables say (behaviour 60)", () =>
    Effect.gen(function* () {
      const log = yield* EventLog
      for (const one of workload(22, 500)) yield* log.append(one)
      const { tables, states } = yield* replay(log)
      expect(tables).toEqual(yield* tablesOf(log))
      const streams = yield* log.query("SELECT DISTINCT stream FROM events")
      const jobs = streams.flatMap(({ stream }) => jobOfStream(String(stream)) ?? [])
      expect([...states.keys()].toSorted()).toEqual(jobs.toSorted())
    }).pipe(Effect.provide(memory)),
  )

  it.effect("brings no erased text back", () =>
    Effect.gen(function* () {
      const log = yield* filled
      yield* log.append(batch("erase", systemStream, [erased([1, 3])]))
      const { tables } = yield* replay(log, { position: 4 })
      expect(tables.scheduled_jobs[0]?.prompt).toBe("[erased]")
      expect(tables.job_runs[0]?.output).toBe("[erased]")
    }).pipe(Effect.provide(memory)),
  )

  it.effect("runs nothing and writes nothing", () =>
    Effect.gen(function* () {
      const log = yield* filled
      const before = yield* log.rows({})
      yield* replay(log)
      yield* replay(log, { jobId })
      expect(yield* log.rows({})).toEqual(before)
    }).pipe(Effect.provide(memory)),
  )
})
