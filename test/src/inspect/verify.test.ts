import { Effect, Exit, Scope } from "effect"
import { describe, expect, test } from "vitest"
import type { Fact } from "../../../events/fact.ts"
import { jobStream, systemStream } from "../../../events/stream.ts"
import { verify, type VerifyProgress } from "../../../src/inspect/verify.ts"
import { makeEventLog } from "../../../src/log/shell.ts"
import type { SqlEngine } from "../../../src/log/sql/engine.ts"
import { makeStore } from "../../../src/log/sql/make-store.ts"
import { openSqlJs } from "../../../src/log/sql/sqljs.ts"
import { yielding } from "../../../src/log/yielding.ts"
import { makeRandom } from "../../../src/random.ts"
import { batch, erased, rescheduled, succeeded, workload } from "../../contract/log-batches.ts"
import { added, hour, jobId, noon, runId, started } from "../../kit/samples.ts"

const stream = jobStream(jobId)

/** A log, and the hand that falsifies it behind its back. */
const opened = async (filled = true) => {
  const engine = await openSqlJs()
  const store = makeStore(engine, { random: makeRandom() })
  const scope = Scope.makeUnsafe()
  const nothing = { persist: () => Effect.void, backup: () => Effect.void }
  const { log } = await Effect.runPromise(
    Effect.provideService(makeEventLog(store, nothing), Scope.Scope, scope),
  )
  if (filled) {
    store.append(batch("a", stream, [added(), started()]))
    store.append(batch("b", stream, [succeeded(runId), rescheduled(noon + hour)]))
    store.query("SELECT 1")
  }
  return { engine, store, log, close: () => Effect.runPromise(Scope.close(scope, Exit.void)) }
}

const falsified = async (falsify: (engine: SqlEngine) => void) => {
  const { engine, log, close } = await opened()
  falsify(engine)
  const report = await Effect.runPromise(verify(log))
  await close()
  return report
}

describe("a verification", () => {
  test("of an empty log finds nothing", async () => {
    const { log, close } = await opened(false)
    expect(await Effect.runPromise(verify(log))).toMatchObject({
      position: 0,
      factsCount: 0,
      rowsCount: 0,
      findings: [],
    })
    await close()
  })

  test("of a log that lived finds nothing, erased texts and all (behaviour 60)", async () => {
    const { log, store, close } = await opened(false)
    for (const one of workload(3, 900)) store.append(one)
    const seen: Array<VerifyProgress> = []
    const report = await Effect.runPromise(
      verify(log, { progress: (progress) => seen.push(progress) }),
    )
    expect(report).toMatchObject({ position: store.head(), hash: store.headHash() })
    expect(report.findings).toEqual([])
    expect(report.rowsCount).toBeGreaterThan(50)
    const total = store.head()
    expect(seen.at(0)).toEqual({ phase: "chain", factsCount: 1_000, total })
    expect(seen.at(-1)).toEqual({ phase: "tables", factsCount: total, total })
    expect(store.head()).toBe(report.position)
    await close()
  })

  test("is not confused by what is appended meanwhile", async () => {
    const { log, store, close } = await opened(false)
    const batches = workload(4, 600)
    for (const one of batches.slice(0, 300)) store.append(one)
    const slow = yielding(log)
    const report = await Effect.runPromise(
      Effect.gen(function* () {
        const writer = yield* Effect.forkChild(
          Effect.forEach(batches.slice(300), (one) => slow.append(one), { discard: true }),
        )
        const report = yield* verify(slow)
        writer.interruptUnsafe()
        return report
      }),
    )
    expect(report.findings).toEqual([])
    await close()
  })

  test.each([
    [
      "UPDATE events SET data = replace(data, '600000', '600001') WHERE position = 1",
      1,
      "its data",
    ],
    ["UPDATE events SET meta = replace(meta, 'anna', 'eve') WHERE position = 2", 2, "its meta"],
    ["UPDATE events SET body = replace(body, 'mails', 'bombs') WHERE position = 3", 3, "its text"],
    ["UPDATE events SET body = NULL WHERE position = 3", 3, "a text is gone"],
    ["UPDATE events SET at = at + 1 WHERE position = 2", 2, "the chain breaks"],
    ["UPDATE events SET hash = 'x' WHERE position = 2", 2, "the chain breaks"],
    ["UPDATE events SET data_hash = 'x' WHERE position = 4", 4, "the chain breaks"],
    ["DELETE FROM events WHERE position = 2", 2, "the fact is missing"],
  ])("finds the place where somebody did: %s", async (sql, position, message) => {
    const { findings } = await falsified((engine) => engine.exec(sql))
    expect(findings).toContainEqual(
      expect.objectContaining({ position, message: expect.stringContaining(message) as string }),
    )
  })

  test("finds the stream that lost a fact", async () => {
    const { findings } = await falsified((engine) =>
      engine.exec("DELETE FROM events WHERE position = 2"),
    )
    expect(findings).toContainEqual({
      what: "version",
      message: `its stream ${stream} has 3 facts and ends at version 4`,
    })
  })

  test.each([
    [
      "UPDATE scheduled_jobs SET next_run_at = 1",
      { table: "scheduled_jobs", key: jobId },
      "is not what its facts",
    ],
    ["DELETE FROM job_runs", { table: "job_runs", key: runId }, "is not what its facts"],
    ["UPDATE deliveries SET id = 'x'", { table: "deliveries", key: "x" }, "has no facts behind it"],
    [
      "INSERT INTO job_keys VALUES ('job_x', 'k')",
      { table: "job_keys", key: "job_x" },
      "has no facts behind it",
    ],
  ])("finds the row that was touched: %s", async (sql, row, message) => {
    const { findings } = await falsified((engine) => engine.exec(sql))
    expect(findings).toContainEqual({
      what: "row",
      row,
      message: expect.stringContaining(message) as string,
    })
  })

  test("says which release wrote what it cannot read (behaviour 66)", async () => {
    const { log, store, close } = await opened()
    const teleported = { type: "job.teleported" } as unknown as Fact
    store.append(batch("c", stream, [teleported]))
    const { findings } = await Effect.runPromise(verify(log))
    expect(findings).toEqual([
      { what: "unreadable", message: expect.stringContaining("horolog 9.9.9") as string },
    ])
    await close()
  })

  test("tells the first hundred findings, and counts them all", async () => {
    const { log, store, engine, close } = await opened(false)
    for (const one of workload(5, 200)) store.append(one)
    store.commit()
    engine.exec("UPDATE events SET meta = '{}' WHERE position > 1")
    const { findings, findingsCount } = await Effect.runPromise(verify(log))
    expect(findings.length).toBe(100)
    expect(findingsCount).toBeGreaterThan(200)
    await close()
  })

  test("writes nothing (behaviour 30)", async () => {
    const { log, store, close } = await opened()
    store.append(batch("c", systemStream, [erased([1])]))
    const before = store.headHash()
    await Effect.runPromise(verify(log))
    expect(store.headHash()).toBe(before)
    await close()
  })
})
