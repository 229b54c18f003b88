import { describe, expect, test } from "vitest"
import { jobStream, systemStream } from "../../../events/stream.ts"
import type { StoredRow } from "../../../src/log/event-log.ts"
import { genesisHash, linkHash, saltedHash } from "../../../src/log/sql/chain.ts"
import type { SqlEngine } from "../../../src/log/sql/engine.ts"
import { makeStore } from "../../../src/log/sql/make-store.ts"
import { openSqlJs } from "../../../src/log/sql/sqljs.ts"
import type { CommitRecord } from "../../../src/log/sql/store.ts"
import { makeRandom } from "../../../src/random.ts"
import {
  batch,
  erased,
  failed,
  metaOf,
  rescheduled,
  succeeded,
} from "../../contract/log-batches.ts"
import { added, hour, jobId, noon, runId, started } from "../../kit/samples.ts"

const random = makeRandom()
const stream = jobStream(jobId)
const open = async (engine?: SqlEngine) => makeStore(engine ?? (await openSqlJs()), { random })

const filled = async () => {
  const store = await open()
  const records: Array<CommitRecord> = []
  const append = (...args: Parameters<typeof batch>) => {
    const { record } = store.append(batch(...args))
    if (record !== undefined) records.push(record)
  }
  append("add", stream, [added()])
  append("start", stream, [started()])
  append("settle", stream, [succeeded(runId), rescheduled(noon + hour)])
  const answer = { bodyHash: "h", result: "{}" }
  const { record } = store.append({ ...batch("ask", stream, []), answer })
  if (record !== undefined) records.push(record)
  append("more", stream, [started({ runId: "run_2" })])
  return { store, records }
}

describe("a record of the journal", () => {
  test("holds where it stands, what it follows, its facts and its answer", async () => {
    const { records } = await filled()
    expect(records.map(({ firstPosition }) => firstPosition)).toEqual([1, 2, 3, 5, 5])
    expect(records[0]?.previousHash).toBe(genesisHash)
    expect(records[2]?.facts.map(({ position, type }) => [position, type])).toEqual([
      [3, "run.succeeded"],
      [4, "job.rescheduled"],
    ])
    expect(records[3]).toMatchObject({ facts: [], answer: { commandId: "ask", bodyHash: "h" } })
    expect(records[4]?.previousHash).toBe(records[2]?.facts[1]?.hash)
  })

  test("is applied once, however often it comes", async () => {
    const { store, records } = await filled()
    const copy = await open()
    for (const record of [...records.slice(0, 3), ...records, ...records]) copy.apply(record)
    copy.commit()
    const sql = "SELECT * FROM events ORDER BY position"
    expect(copy.query(sql)).toEqual(store.query(sql))
    expect(copy.query("SELECT * FROM job_runs")).toEqual(store.query("SELECT * FROM job_runs"))
    expect(copy.answer("ask")).toEqual({ bodyHash: "h", result: "{}" })
    expect(copy.headHash()).toBe(store.headHash())
  })

  test("is refused behind a gap, and nothing is written", async () => {
    const { records } = await filled()
    const copy = await open()
    const [first, , third, silent] = records
    if (first === undefined || third === undefined || silent === undefined) throw new Error("few")
    copy.apply(first)
    expect(() => copy.apply(third)).toThrow(/position 2 is missing: the journal goes on at 3/)
    expect(() => copy.apply(silent)).toThrow(/position 2 is missing/)
    expect(copy.head()).toBe(1)
    expect(copy.read({}).length).toBe(1)
  })

  test("is refused when it follows another log, or is not what it was", async () => {
    const { records } = await filled()
    const [first, second] = records
    const [row] = second?.facts ?? []
    if (first === undefined || second === undefined || row === undefined) throw new Error("few")
    const copy = await open()
    copy.apply(first)
    const foreign = { ...second, previousHash: genesisHash }
    expect(() => copy.apply(foreign)).toThrow(/follows another log/)
    const forged = { ...second, facts: [{ ...row, at: row.at + 1 }] }
    expect(() => copy.apply(forged)).toThrow(/the chain breaks at position 2/)
    copy.apply(second)
    const other = { ...second, facts: [{ ...row, hash: genesisHash }] }
    expect(() => copy.apply(other)).toThrow(/position 2 holds another fact/)
    expect(copy.head()).toBe(2)
  })

  test("of a newer release is refused, naming it (behaviour 66)", async () => {
    const { records } = await filled()
    const [first] = records
    const [row] = first?.facts ?? []
    if (first === undefined || row === undefined) throw new Error("few")
    const newer: StoredRow = { ...row, schema: 7 }
    const hash = linkHash(genesisHash, newer)
    const copy = await open()
    expect(() => copy.apply({ ...first, facts: [{ ...newer, hash }] })).toThrow(
      /fact job\.added \(shape 7\) written by horolog 9\.9\.9: shapes up to 1 are known/,
    )
    expect(copy.head()).toBe(0)
  })

  test("erases what it erased, when it is applied", async () => {
    const { store, records } = await filled()
    const { record } = store.append(batch("erase", systemStream, [erased([1, 3])]))
    if (record === undefined) throw new Error("no record")
    const copy = await open()
    for (const one of [...records, record]) copy.apply(one)
    for (const table of ["events", "scheduled_jobs", "job_runs", "deliveries"]) {
      const sql = `SELECT * FROM ${table} ORDER BY 1`
      expect(copy.query(sql)).toEqual(store.query(sql))
    }
    expect(JSON.stringify(copy.rows({}))).not.toContain("Summarise my inbox")
  })
})

describe("an erased text", () => {
  test("is in no page of the file", async () => {
    const store = await open()
    const secret = "swordfish ".repeat(2_000)
    store.append(batch("a", stream, [added({ prompt: secret }), started()]))
    store.append(batch("b", stream, [failed(runId, secret), rescheduled(noon + hour)]))
    store.saveSnapshot({ stream, version: 4, fold: "1", state: secret })
    expect(Buffer.from(store.image()).includes("swordfish")).toBe(true)
    store.append(batch("c", systemStream, [erased([1, 3])]))
    expect(Buffer.from(store.image()).includes("swordfish")).toBe(false)
    expect(store.query("SELECT prompt, last_error, failures_in_row FROM scheduled_jobs")).toEqual([
      { prompt: "[erased]", last_error: "[erased]", failures_in_row: 1 },
    ])
  })

  test("is not in the answer its command was given either; the command stays carried out", async () => {
    const store = await open()
    const answer = { bodyHash: "1", result: '{"answer":{"name":"Summarise my inbox"}}' }
    store.append({ ...batch("a", stream, [added()]), answer })
    store.append(batch("b", systemStream, [erased([1])]))
    expect(store.answer("a")).toBeUndefined()
    expect(store.append(batch("a", stream, [added()])).appended.repeated).toBe(true)
  })

  test("brings no row back that had gone, and keeps what came after", async () => {
    const store = await open()
    store.append(batch("a", stream, [added(), started(), succeeded(runId), rescheduled(noon)]))
    store.append(batch("b", systemStream, [{ type: "runs.pruned", runIds: [runId] }]))
    store.append(batch("c", systemStream, [erased([3])]))
    expect(store.query("SELECT id FROM job_runs")).toEqual([])
    expect(store.query("SELECT status, attempt FROM deliveries")).toEqual([
      { status: "pending", attempt: 0 },
    ])
  })

  test("and its digest cannot be tried out without the salt", async () => {
    const store = await open()
    store.append(batch("a", stream, [added()]))
    const [before] = store.rows({})
    store.append(batch("b", systemStream, [erased([1])]))
    const [after] = store.rows({})
    if (before?.body === null || before === undefined || after === undefined) throw new Error("few")
    expect(saltedHash(before.salt.slice(32), before.body)).toBe(after.body_hash)
    expect(after.salt).toBe(before.salt.slice(0, 32))
    expect(saltedHash(after.salt, after.data)).toBe(after.data_hash)
  })
})

describe("a file", () => {
  test("of another program is refused, and left as it is", async () => {
    const engine = await openSqlJs()
    engine.exec("CREATE TABLE recipes (id INTEGER)")
    await expect(open(engine)).rejects.toThrow(/no log of horolog: it holds the table recipes/)
    expect(engine.prepare("SELECT name FROM sqlite_schema").all()).toEqual([{ name: "recipes" }])
  })

  test("of a later format is refused, naming the release that wrote it (behaviour 66)", async () => {
    const { store } = await filled()
    const engine = await openSqlJs(store.image())
    engine.exec("UPDATE meta SET value = '2' WHERE key = 'format'")
    await expect(open(engine)).rejects.toThrow(/format 2, written by horolog 9\.9\.9/)
  })

  test("with facts in a shape of a later release is refused at once (behaviour 66)", async () => {
    const { store } = await filled()
    const engine = await openSqlJs(store.image())
    engine.exec("INSERT INTO meta VALUES ('fact job.added 2', '10.0.0')")
    await expect(open(engine)).rejects.toThrow(
      /job\.added \(shape 2\), written by horolog 10\.0\.0/,
    )
  })

  test("with the tables of another release gets its own, folded from the log", async () => {
    const { store } = await filled()
    const sql = "SELECT * FROM scheduled_jobs"
    const engine = await openSqlJs(store.image())
    engine.exec("UPDATE meta SET value = 'older' WHERE key = 'tables'")
    engine.exec("DROP TABLE scheduled_jobs; CREATE TABLE scheduled_jobs (id TEXT, moon TEXT)")
    expect((await open(engine)).query(sql)).toEqual(store.query(sql))
  })
})

describe("a store that cannot write", () => {
  const failing = async () => {
    const engine = await openSqlJs()
    const full = { is: false }
    const store = makeStore(
      {
        ...engine,
        prepare: (sql) => {
          const statement = engine.prepare(sql)
          const run: typeof statement.run = (params) => {
            if (full.is && sql.startsWith("INSERT INTO events")) throw new Error("disk is full")
            statement.run(params)
          }
          return { ...statement, run }
        },
      },
      { random },
    )
    return { store, full }
  }

  test("says so, and says it to everybody after (behaviour 64)", async () => {
    const { store, full } = await failing()
    store.append(batch("a", stream, [added()]))
    store.commit()
    full.is = true
    expect(() => store.append(batch("b", stream, [started()]))).toThrow(/disk is full/)
    full.is = false
    expect(() => store.append(batch("c", stream, [started()]))).toThrow(/could not be written/)
    expect(() => store.commit()).toThrow(/could not be written/)
    expect(() => store.query("SELECT * FROM job_runs")).toThrow(/could not be written/)
    expect(() => store.read({})).toThrow(/could not be written/)
  })

  test("leaves a failed rebuild as if it had not been tried", async () => {
    const { store, full } = await failing()
    const teleported = { type: "job.teleported" } as never
    store.append({ ...batch("a", stream, [added(), teleported]), meta: metaOf("a") })
    const live = store.query("SELECT * FROM scheduled_jobs")
    expect(live.length).toBe(1)
    expect(() => store.rebuild()).toThrow(/job\.teleported/)
    expect(store.query("SELECT * FROM scheduled_jobs")).toEqual(live)
    store.append(batch("b", stream, [started()]))
    expect(full.is).toBe(false)
    expect(store.query("SELECT state FROM scheduled_jobs")).toEqual([{ state: "running" }])
  })
})
