import type { SeedOutcome } from "./pool.ts"
import { scriptOf } from "./scripts.ts"
import { shrink } from "./shrink.ts"
import type { Counts } from "./world.ts"

/** Figures of many worlds, added up. */
export type Totals = { -readonly [Key in keyof Counts]: number } & { seeds: number }

export const noTotals = (): Totals => ({
  seeds: 0,
  jobYears: 0,
  runs: 0,
  skips: 0,
  facts: 0,
  boots: 0,
  answers: 0,
  deliveries: 0,
  kills: 0,
  powerLosses: 0,
  diskFailures: 0,
  clockSteps: 0,
  suspends: 0,
})

export const addTo = (totals: Totals, counts: Counts): void => {
  totals.seeds += 1
  for (const key of Object.keys(counts) as ReadonlyArray<keyof Counts>) totals[key] += counts[key]
}

const worded: ReadonlyArray<readonly [key: keyof Totals, words: string]> = [
  ["seeds", "worlds"],
  ["jobYears", "job-years"],
  ["runs", "runs"],
  ["skips", "occurrences skipped"],
  ["facts", "facts"],
  ["answers", "commands answered"],
  ["deliveries", "messages sent"],
  ["boots", "boots"],
  ["kills", "processes killed"],
  ["powerLosses", "losses of power"],
  ["diskFailures", "failures of the disk"],
  ["clockSteps", "steps of the clock"],
  ["suspends", "suspends"],
]

/** The figures as a person reads them. */
export const figures = (totals: Totals, ms: number): string =>
  [
    ...worded.map(([key, words]) => `${Math.round(totals[key]).toLocaleString("en")} ${words}`),
    `${Math.round(ms / 1_000)} s`,
  ].join(", ")

/** A broken rule with everything that helps to find out why, made as small as it goes. */
export const explain = async ({ seed, broken }: SeedOutcome): Promise<string> => {
  if (broken === undefined) return `seed ${seed}: nothing is wrong`
  const script = scriptOf(seed)
  const smaller = await shrink(script, broken.rule)
  const decisions = smaller.decisions.map((decision) => `  ${JSON.stringify(decision)}`)
  return [
    `seed ${seed} (${script.profile}) breaks a rule: ${broken.message}`,
    "",
    ...broken.trace.slice(-40),
    "",
    `The same with ${decisions.length} of ${script.decisions.length} decisions:`,
    ...decisions,
    `npm run sim -- --seeds 1 --from ${seed}`,
  ].join("\n")
}
