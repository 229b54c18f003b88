import { parseArgs } from "node:util"
import { liveThrough, type SeedOutcome } from "./pool.ts"
import { addTo, explain, figures, noTotals } from "./report.ts"

/** `npm run sim -- --seeds N --from S`: lives through so many worlds, and shows what is wrong. */
const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "100" },
    from: { type: "string", default: "1" },
  },
})
const from = Number(values.from)
const seedsCount = Number(values.seeds)
if (!Number.isInteger(from) || !Number.isInteger(seedsCount) || seedsCount < 1) {
  throw new RangeError(`--from ${values.from} --seeds ${values.seeds}: expected whole numbers`)
}

const startedAt = performance.now()
const totals = noTotals()
const broken: Array<SeedOutcome> = []
let seed = from
await liveThrough(
  () => (seed < from + seedsCount ? seed++ : undefined),
  (outcome) => {
    addTo(totals, outcome.counts)
    if (outcome.broken === undefined) return
    broken.push(outcome)
    process.stdout.write(`seed ${outcome.seed}: ${outcome.broken.message}\n`)
  },
)
const [first] = broken.toSorted((one, other) => one.seed - other.seed)
if (first !== undefined) process.stdout.write(`\n${await explain(first)}\n`)
process.stdout.write(`${figures(totals, performance.now() - startedAt)}\n`)
process.stdout.write(`${totals.seeds - broken.length} passed, ${broken.length} failed, 0 skipped\n`)
process.exitCode = broken.length === 0 ? 0 : 1
