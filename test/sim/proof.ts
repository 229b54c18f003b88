import { liveThrough, type SeedOutcome } from "./pool.ts"
import { addTo, explain, figures, noTotals } from "./report.ts"

/**
 * `npm run sim:years`: lives through worlds until as many job-years and runs are behind it as are asked
 * for. The seeds are the same every time, so that a failure is one for everybody; `npm run sim` takes
 * others.
 */
const jobYearsMin = 10_000
const runsMin = 300_000
/** So many broken worlds are enough to know. */
const brokenMax = 5

const startedAt = performance.now()
const totals = noTotals()
const broken: Array<SeedOutcome> = []
let seed = 0

const isEnough = (): boolean =>
  (totals.jobYears >= jobYearsMin && totals.runs >= runsMin) || broken.length >= brokenMax

await liveThrough(
  () => (isEnough() ? undefined : (seed += 1)),
  (outcome) => {
    addTo(totals, outcome.counts)
    if (outcome.broken === undefined) return
    broken.push(outcome)
    process.stdout.write(`seed ${outcome.seed}: ${outcome.broken.message}\n`)
  },
)
const [first] = broken.toSorted((one, other) => one.seed - other.seed)
if (first !== undefined) process.stdout.write(`${await explain(first)}\n\n`)
process.stdout.write(`Simulated: ${figures(totals, performance.now() - startedAt)}\n`)
process.stdout.write(`${totals.seeds - broken.length} passed, ${broken.length} failed, 0 skipped\n`)
process.exitCode = broken.length === 0 ? 0 : 1
