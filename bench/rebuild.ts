import { createHash } from "node:crypto"
import { expectEqual, inFolder, memory, print, sized, stopwatch, words } from "./kit.ts"
import { engineNamed, openFolder, type EngineName, type OpenFolder } from "./scheduler.ts"
import { seedElsewhere } from "./seed.ts"

/**
 * Opening a log of a million facts (a thousand jobs that ran 333 times each) from its checkpoint, and
 * folding all of it into its tables again. The tables must come out as they were, byte by byte.
 */
const factsCount = sized(1_000_000, 4_000)
const tables = ["scheduled_jobs", "job_runs", "deliveries", "job_keys"]

/** Row by row, for a table may be larger than the longest text. */
const digestOf = async (folder: OpenFolder): Promise<string> => {
  const digest = createHash("sha256")
  for (const table of tables) {
    for (const row of await folder.query(`SELECT * FROM ${table} ORDER BY 1`)) {
      digest.update(JSON.stringify(row))
    }
  }
  return digest.digest("hex")
}

const measure = async (path: string, engine: EngineName): Promise<void> => {
  await seedElsewhere({ folder: path, engine, what: "runs", count: factsCount })
  const opening = stopwatch()
  const folder = await openFolder({ folder: path, engine })
  const { wallMs: openMs } = opening()
  const head = await folder.head()
  expectEqual("enough facts", head >= factsCount, true)
  const { residentMb } = memory()
  print("open", { engine, factsCount: head, openMs: Math.round(openMs), residentMb })

  const before = await digestOf(folder)
  const rebuilding = stopwatch()
  await folder.rebuild()
  const { wallMs: rebuildMs } = rebuilding()
  expectEqual("the tables after rebuilding", await digestOf(folder), before)
  expectEqual("the facts after rebuilding", await folder.head(), head)
  await folder.close()
  print("rebuild", {
    engine,
    factsCount: head,
    rebuildMs: Math.round(rebuildMs),
    factsPerSecond: Math.round((head / rebuildMs) * 1_000),
    aim: "at most 5 s",
  })
}

await inFolder((path) => measure(path, engineNamed(words[0])))
