import { statSync } from "node:fs"
import { join } from "node:path"
import {
  expectEqual,
  inFolder,
  memory,
  print,
  rounded,
  sized,
  sleep,
  stopwatch,
  words,
} from "./kit.ts"
import { engineNamed, openFolder, type EngineName } from "./scheduler.ts"
import { seedElsewhere } from "./seed.ts"

/**
 * What it costs to hold many schedules: the time until a folder is open and its clock runs, from the
 * checkpoint of a clean stop; the memory of the process then; and the processor while nothing is due.
 */
const idleMs = sized(10_000, 500)

const aims: Readonly<Record<EngineName, string>> = {
  "sql.js": "at most 350 MB, open within 3 s",
  native: "at most 400 MB, open within 3 s",
}

const measure = async (path: string, engine: EngineName, count: number): Promise<void> => {
  await seedElsewhere({ folder: path, engine, what: "jobs", count })
  const emptyMb = memory().residentMb
  const opening = stopwatch()
  const folder = await openFolder({ folder: path, engine })
  await folder.start()
  const { wallMs: openMs } = opening()

  const waiting = "scheduled_jobs WHERE wake_at > unixepoch() * 1000"
  expectEqual("the jobs that wait", await folder.count(waiting), count)
  await sleep(100)
  const { residentMb, peakMb } = memory()
  const idling = stopwatch()
  await sleep(idleMs)
  const { cpuMs } = idling()
  expectEqual("the runs", await folder.count("job_runs"), 0)
  await folder.close()
  print("hold", {
    engine,
    schedulesCount: count,
    fileMb: Math.round(statSync(join(path, "horolog.sqlite")).size / 1_048_576),
    openMs: Math.round(openMs),
    residentMb,
    peakMb,
    emptyMb,
    idleCpuMsPerSecond: rounded((cpuMs / idleMs) * 1_000),
    aim: aims[engine],
  })
}

const engine = engineNamed(words[0])
const count = engine === "native" ? sized(1_000_000, 2_000) : sized(100_000, 2_000)
await inFolder((path) => measure(path, engine, count))
