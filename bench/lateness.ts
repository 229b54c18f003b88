import { open } from "node:fs/promises"
import { join } from "node:path"
import { Effect } from "effect"
import { addRequest } from "./facts.ts"
import { expectEqual, inFolder, percentile, print, rounded, sized, sleep, words } from "./kit.ts"
import { engineNamed, openFolder, type EngineName, type OpenFolder } from "./scheduler.ts"

/**
 * How late a run starts: from the instant a job is due to the call of its agent, with `run.started`
 * on the disk in between. Beside it, in the same process and in turn with it, the least that any
 * scheduler can do: a timer, one write of the same size and one sync.
 */
const timesCount = sized(400, 20)
const apartMs = 50
const leadMs = sized(2_500, 500)
const recordBytes = 1_200

const now = (): number => performance.timeOrigin + performance.now()

const addJobs = (folder: OpenFolder, dueAts: ReadonlyArray<number>) =>
  folder.run(
    Effect.forEach(dueAts, (at, index) => folder.dispatch(addRequest(index, { at })), {
      concurrency: "unbounded",
      discard: true,
    }),
  )

/** A timer and a synced write, for each of the given instants. */
const bareTimer = async (path: string, dueAts: ReadonlyArray<number>): Promise<Array<number>> => {
  const file = await open(path, "w")
  const bytes = Buffer.alloc(recordBytes, "x")
  const lateMs: Array<number> = []
  let offset = 0
  for (const dueAt of dueAts) {
    while (Date.now() < dueAt) await sleep(dueAt - Date.now())
    await file.write(bytes, 0, bytes.length, offset)
    await file.datasync()
    lateMs.push(now() - dueAt)
    offset += bytes.length
  }
  await file.close()
  return lateMs
}

const measure = async (path: string, engine: EngineName): Promise<void> => {
  const lateMs: Array<number> = []
  const folder = await openFolder({
    folder: path,
    engine,
    agent: async ({ dueAt }) => {
      lateMs.push(now() - dueAt)
      return { text: "" }
    },
  })
  await folder.start()
  const startAt = Date.now() + leadMs
  const dueAts = Array.from({ length: timesCount }, (_, index) => startAt + index * apartMs)
  await addJobs(folder, dueAts)
  const bareMs = await bareTimer(
    join(path, "bare"),
    dueAts.map((dueAt) => dueAt + Math.floor(apartMs / 2)),
  )
  await sleep(10 * apartMs)
  expectEqual("the calls of the agent", lateMs.length, timesCount)
  expectEqual("the runs", await folder.count("job_runs WHERE status = 'ok'"), timesCount)
  expectEqual("the early ones", lateMs.filter((ms) => ms < 0).length, 0)
  await folder.close()
  const ratio = percentile(lateMs, 50) / percentile(bareMs, 50)
  print("lateness", {
    engine,
    timesCount,
    p50Ms: rounded(percentile(lateMs, 50)),
    p99Ms: rounded(percentile(lateMs, 99)),
    bareP50Ms: rounded(percentile(bareMs, 50)),
    bareP99Ms: rounded(percentile(bareMs, 99)),
    ratio: rounded(ratio),
    aim: "ratio at most 1.3",
  })
}

await inFolder((folder) => measure(folder, engineNamed(words[0])))
