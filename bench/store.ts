import { makeRandom } from "../src/random.ts"
import { openNative } from "../src/log/sql/native.ts"
import { openSqlJs } from "../src/log/sql/sqljs.ts"
import { makeStore } from "../src/log/sql/make-store.ts"
import type { Store } from "../src/log/sql/store.ts"
import { jobAdded, meta, rescheduled, runStarted, runSucceeded } from "./facts.ts"

/** Facts a second that the synchronous heart of the log takes: chained, stored and projected. */
const jobsCount = 1_000
const runsCount = 20_000
const groupSize = 50

const addJobs = (store: Store): void => {
  for (let job = 0; job < jobsCount; job += 1) {
    const stream = `job-job_${job}`
    store.append({
      commandId: `add/${job}`,
      at: 1_764_000_000_000,
      meta: meta(`add/${job}`, "add-job"),
      facts: [{ stream, fact: jobAdded(`job_${job}`) }],
      expected: [{ stream, version: "none" }],
    })
  }
  store.commit()
}

const runAll = (store: Store): number => {
  let count = 0
  const versions = new Map<string, number>()
  const append = (stream: string, commandId: string, facts: ReadonlyArray<never>) => {
    const version = versions.get(stream) ?? 1
    store.append({
      commandId,
      at: 1_764_000_000_000 + count,
      meta: meta(commandId, "start-run"),
      facts: facts.map((fact) => ({ stream, fact })),
      expected: [{ stream, version }],
    })
    versions.set(stream, version + facts.length)
    count += facts.length
  }
  for (let first = 0; first < runsCount; first += groupSize) {
    for (let run = first; run < first + groupSize; run += 1) {
      const stream = `job-job_${run % jobsCount}`
      append(stream, `start/job_${run % jobsCount}/1/${run}/1`, [runStarted(run)] as never)
    }
    store.commit()
    for (let run = first; run < first + groupSize; run += 1) {
      const stream = `job-job_${run % jobsCount}`
      append(stream, `settle/run_${run}`, [runSucceeded(run), rescheduled(run)] as never)
    }
    store.commit()
  }
  return count
}

const measure = (name: string, store: Store): void => {
  addJobs(store)
  const startedAt = performance.now()
  const count = runAll(store)
  const seconds = (performance.now() - startedAt) / 1_000
  const [jobs] = store.query("SELECT count(*) AS n FROM job_runs WHERE status = 'ok'")
  if (jobs?.["n"] !== runsCount)
    throw new Error(`${String(jobs?.["n"])} runs instead of ${runsCount}`)
  const before = JSON.stringify(store.query("SELECT * FROM scheduled_jobs ORDER BY id"))
  const rebuiltAt = performance.now()
  store.rebuild()
  const rebuildSeconds = (performance.now() - rebuiltAt) / 1_000
  const after = JSON.stringify(store.query("SELECT * FROM scheduled_jobs ORDER BY id"))
  if (before !== after) throw new Error("the rebuilt tables differ")
  const line = {
    bench: "store",
    engine: name,
    facts: count,
    factsPerSecond: Math.round(count / seconds),
    rebuildFactsPerSecond: Math.round(store.head() / rebuildSeconds),
    bytesPerFact: Math.round(store.image().length / store.head()),
  }
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

const random = makeRandom()
measure("sql.js", makeStore(await openSqlJs(), { random }))
measure("native (memory)", makeStore(await openNative(), { random }))
