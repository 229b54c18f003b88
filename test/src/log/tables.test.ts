import { describe, expect, test } from "vitest"
import type { Fact } from "../../../events/fact.ts"
import { jobStream } from "../../../events/stream.ts"
import type { SqlEngine } from "../../../src/log/sql/engine.ts"
import { makeStore } from "../../../src/log/sql/make-store.ts"
import { openSqlJs } from "../../../src/log/sql/sqljs.ts"
import { makeRandom } from "../../../src/random.ts"
import { batch, rescheduled, succeeded } from "../../contract/log-batches.ts"
import { added, hour, noon, started } from "../../kit/samples.ts"

/** An engine that counts what is written and looked up in the tables. */
const counting = async () => {
  const engine = await openSqlJs()
  const counts = { writes: 0, reads: 0 }
  const isTable = /\b(scheduled_jobs|job_runs|deliveries|job_keys)\b/
  const counted: SqlEngine = {
    ...engine,
    prepare: (sql) => {
      const statement = engine.prepare(sql)
      const counter = sql.startsWith("SELECT * FROM") ? "reads" : "writes"
      if (!isTable.test(sql)) return statement
      return {
        ...statement,
        run: (params) => {
          counts.writes += 1
          statement.run(params)
        },
        get: (params) => {
          counts[counter] += 1
          return statement.get(params)
        },
      }
    },
  }
  return { store: makeStore(counted, { random: makeRandom() }), counts }
}

const stream = (job: number) => jobStream(`job_${job}`)
const run = (job: number, turn: number): ReadonlyArray<Fact> => [
  started({ runId: `run_${job}_${turn}` }),
  succeeded(`run_${job}_${turn}`, { deliverTo: null }),
  rescheduled(noon + turn * hour),
]

describe("the tables", () => {
  test("write a row once for a group, whatever happened to it", async () => {
    const { store, counts } = await counting()
    store.append(batch("add", stream(1), [added({ jobId: "job_1" })]))
    store.commit()
    store.query("SELECT 1")
    counts.writes = 0
    for (let turn = 0; turn < 10; turn += 1) {
      store.append(batch(`turn ${turn}`, stream(1), run(1, turn)))
    }
    store.query("SELECT 1")
    // One job and ten runs, each of them in its last shape.
    expect(counts.writes).toBe(11)
    expect(store.query("SELECT count(*) AS n FROM job_runs WHERE status = 'ok'")).toEqual([
      { n: 10 },
    ])
  })

  test("look no row up that they know, or that begins", async () => {
    const { store, counts } = await counting()
    for (let turn = 0; turn < 20; turn += 1) {
      if (turn < 5)
        store.append(batch(`add ${turn}`, stream(turn), [added({ jobId: `job_${turn}` })]))
      store.append(batch(`turn ${turn}`, stream(turn % 5), run(turn % 5, turn)))
      store.commit()
      store.query("SELECT count(*) AS n FROM scheduled_jobs")
    }
    expect(counts.reads).toBe(0)
  })

  test("are asked as of now, in the middle of a group", async () => {
    const { store } = await counting()
    store.append(batch("add", stream(1), [added({ jobId: "job_1" })]))
    expect(store.query("SELECT state FROM scheduled_jobs")).toEqual([{ state: "enabled" }])
    store.append(batch("start", stream(1), run(1, 1).slice(0, 1)))
    expect(store.query("SELECT state FROM scheduled_jobs")).toEqual([{ state: "running" }])
    expect(store.query("SELECT status FROM job_runs")).toEqual([{ status: "running" }])
  })

  test("hold more rows than they keep at hand", async () => {
    const { store } = await counting()
    const count = 2_500
    for (let index = 0; index < count; index += 1) {
      const begun = started({ runId: `run_${index}` })
      store.append(batch(`start ${index}`, stream(1), index === 0 ? [added(), begun] : [begun]))
      if (index % 100 === 0) store.query("SELECT 1")
    }
    for (let index = 0; index < count; index += 1) {
      store.append(batch(`end ${index}`, stream(1), [succeeded(`run_${index}`)]))
      if (index % 100 === 0) store.query("SELECT 1")
    }
    expect(store.query("SELECT status, count(*) AS n FROM job_runs GROUP BY status")).toEqual([
      { status: "ok", n: count },
    ])
  })

  test("take a key that was freed in the same group", async () => {
    const { store } = await counting()
    const removed: Fact = { type: "job.removed", reason: "manual", previousDueAt: null }
    store.append(batch("add 1", stream(1), [added({ jobId: "job_1", key: "k" })]))
    store.append(batch("remove 1", stream(1), [removed]))
    store.append(batch("add 2", stream(2), [added({ jobId: "job_2", key: "k" })]))
    store.commit()
    expect(store.query("SELECT * FROM job_keys")).toEqual([{ job_id: "job_2", key: "k" }])
  })

  test("find what wakes next by an index, and runs by theirs", async () => {
    const { store } = await counting()
    const plan = (sql: string) => String(store.query(`EXPLAIN QUERY PLAN ${sql}`)[0]?.["detail"])
    expect(plan("SELECT id FROM scheduled_jobs WHERE wake_at <= 5 ORDER BY wake_at")).toContain(
      "scheduled_jobs_wake_at",
    )
    expect(plan("SELECT id FROM job_runs WHERE job_id = 'a' ORDER BY started_at DESC")).toContain(
      "job_runs_job_id_started_at",
    )
    expect(plan("SELECT id FROM job_runs WHERE status = 'running'")).toContain("job_runs_status")
  })
})
