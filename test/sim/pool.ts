import { availableParallelism } from "node:os"
import { Worker } from "node:worker_threads"
import type { Counts } from "./world.ts"

/** What came of the world of a seed. */
export interface SeedOutcome {
  readonly seed: number
  readonly counts: Counts
  readonly hash: string
  readonly broken?: {
    readonly rule: string
    readonly message: string
    readonly trace: ReadonlyArray<string>
  }
}

/** Large enough that what a group leaves behind is not taken for something that stays. */
const youngGenerationMb = 64

/**
 * Lives through one world after the other on every core, until `next` has no seed any more. A seed is
 * asked for whenever a core is free.
 */
export const liveThrough = async (
  next: () => number | undefined,
  lived: (outcome: SeedOutcome) => void,
): Promise<void> => {
  const workers = Array.from({ length: availableParallelism() }, () => work(next, lived))
  await Promise.all(workers)
}

const work = (
  next: () => number | undefined,
  lived: (outcome: SeedOutcome) => void,
): Promise<void> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL("worker.ts", import.meta.url), {
      resourceLimits: { maxYoungGenerationSizeMb: youngGenerationMb },
    })
    const goOn = () => {
      const seed = next()
      if (seed === undefined) void worker.terminate().then(() => resolve())
      else worker.postMessage(seed)
    }
    worker.on("error", reject)
    worker.on("message", (outcome: SeedOutcome) => {
      lived(outcome)
      goOn()
    })
    goOn()
  })
