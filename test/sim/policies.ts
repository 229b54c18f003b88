import type { PolicyPatch } from "../../machines/policy.ts"
import { between, type Chance, weighted } from "./chance.ts"

const second = 1_000
const minute = 60 * second

/** One field of a policy, made by chance; to try a new policy, add a line. */
type FieldMaker = (chance: Chance) => PolicyPatch

/** Every field this release carries out, and how often a job asks for it. */
const fields: ReadonlyArray<readonly [likelihood: number, make: FieldMaker]> = [
  [0.4, (chance) => ({ timeoutMs: chance.pick([10 * second, minute, 20 * minute]) })],
  [0.5, (chance) => ({ retry: { attemptsMax: between(chance, 1, 5), delaysMs: ladder(chance) } })],
  [0.4, (chance) => ({ onInterrupt: chance.pick(["retry", "skip"]) })],
  [0.4, (chance) => ({ disableAfterFailures: chance.pick([0, 2, 3, 10]) })],
  [0.1, (chance) => ({ mayWriteSchedule: chance.pick([true, false]) })],
]

/** Policies that are not carried out, and must be refused by name. */
const refused: ReadonlyArray<PolicyPatch> = [
  { timeoutMs: 0 },
  { retry: { attemptsMax: 0 } },
  { gate: "anything new?" },
]

/** A policy as somebody may ask for it; now and then one that cannot be had. */
export const policyBy = (chance: Chance): PolicyPatch => {
  if (chance.next() < 0.02) return chance.pick([{ timeoutMs: 0 }, ...refused])
  const patches = fields.flatMap(([likelihood, make]) =>
    chance.next() < likelihood ? [make(chance)] : [],
  )
  return Object.assign({}, ...patches) as PolicyPatch
}

const ladder = (chance: Chance): ReadonlyArray<number> =>
  weighted(chance, [
    [2, [30 * second, minute, 5 * minute]],
    [1, [second]],
    [1, [minute, 30 * minute, 120 * minute]],
  ])
