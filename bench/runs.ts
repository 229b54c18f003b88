import { Effect } from "effect"
import { addRequest } from "./facts.ts"
import { expectEqual, inFolder, print, rounded, sized, sleep, stopwatch, words } from "./kit.ts"
import { engineNamed, openFolder, type EngineName, type OpenFolder } from "./scheduler.ts"

/**
 * Runs a second, end to end: so many one-shot jobs come due at the same instant; for each of them the
 * start is made durable, a library agent is called, and the settlement is made durable. With one slot
 * every run is two groups of its own; with fifty the groups hold what is ready.
 */
const leadMs = sized(8_000, 1_500)

/** As a person adds them; so many at a time that they do not wait for one sync each. */
const addJobs = async (folder: OpenFolder, count: number, at: number): Promise<void> => {
  const indexes = Array.from({ length: count }, (_, index) => index)
  await folder.run(
    Effect.forEach(indexes, (index) => folder.dispatch(addRequest(index, { at })), {
      concurrency: 100,
      discard: true,
    }),
  )
}

interface Asked {
  readonly engine: EngineName
  readonly maxConcurrent: number
  readonly runsCount: number
}

const measure = async (path: string, { engine, maxConcurrent, runsCount }: Asked) => {
  const called = new Set<string>()
  const agent = async ({ jobId }: { readonly jobId: string }) => {
    called.add(jobId)
    return { text: "" }
  }
  const folder = await openFolder({ folder: path, engine, maxConcurrent, agent })
  const dueAt = Date.now() + leadMs
  await addJobs(folder, runsCount, dueAt)
  await folder.start()
  const headBefore = await folder.head()
  expectEqual("the runs before they are due", called.size, 0)
  await sleep(dueAt - Date.now())

  const spent = stopwatch()
  while (called.size < runsCount) await sleep(5)
  while ((await folder.count("job_runs WHERE status = 'ok'")) < runsCount) await sleep(5)
  await folder.durable()
  const { wallMs, cpuMs } = spent()

  expectEqual("the facts", (await folder.head()) - headBefore, 3 * runsCount)
  expectEqual("the jobs done", await folder.count("scheduled_jobs WHERE enabled = 0"), runsCount)
  expectEqual("the rows of runs", await folder.count("job_runs"), runsCount)
  await folder.close()
  return {
    engine,
    maxConcurrent,
    runsCount,
    runsPerSecond: Math.round((runsCount / wallMs) * 1_000),
    cpuUsPerRun: rounded((cpuMs / runsCount) * 1_000, 0),
  }
}

const [engine, slots] = words
const maxConcurrent = Number(slots)
const aim = engine === "native" ? "at least 8000" : "at least 6000"
const figures = await inFolder((path) =>
  measure(path, {
    engine: engineNamed(engine),
    maxConcurrent,
    runsCount: maxConcurrent === 1 ? sized(2_000, 50) : sized(10_000, 500),
  }),
)
print("runs", { ...figures, ...(maxConcurrent > 1 && { aim }) })
