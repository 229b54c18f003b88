import { parentPort } from "node:worker_threads"
import type { SeedOutcome } from "./pool.ts"
import { scriptOf } from "./scripts.ts"
import { runWorld } from "./world.ts"

/** Lives through the world of every seed it is given, one after the other. */
const live = async (seed: number): Promise<SeedOutcome> => {
  const { violation, trace, counts, hash } = await runWorld(scriptOf(seed))
  return {
    seed,
    counts,
    hash,
    ...(violation !== undefined && {
      broken: { rule: violation.rule, message: violation.message, trace },
    }),
  }
}

parentPort?.on("message", (seed: number) => {
  void live(seed).then(
    (outcome) => parentPort?.postMessage(outcome),
    (thrown: unknown) => {
      throw new Error(`The world of seed ${seed} could not be lived through.`, { cause: thrown })
    },
  )
})
