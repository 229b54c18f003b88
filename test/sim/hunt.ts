import { scriptOf } from "./scripts.ts"
import { runWorld } from "./world.ts"

/** Lives through worlds until a rule is broken, and says which: one line of JSON. */
const [from = 1, seedsMax = 40] = process.argv.slice(2).map(Number)

const hunt = async (): Promise<object> => {
  for (let seed = from; seed < from + seedsMax; seed += 1) {
    const { violation } = await runWorld(scriptOf(seed, "short"))
    if (violation !== undefined) {
      return { seed, triedCount: seed - from + 1, rule: violation.rule, message: violation.message }
    }
  }
  return { triedCount: seedsMax }
}

process.stdout.write(`${JSON.stringify(await hunt())}\n`)
