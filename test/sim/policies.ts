import type { PolicyPatch } from "../../machines/policy.ts"
import { between, type Chance, weighted } from "./chance.ts"

/** How often the jobs of a world are due. */
export type Density = "sparse" | "steady" | "dense"

const second = 1_000
const minute = 60 * second
const hour = 60 * minute

/** A policy in a script; its bounds count from the moment the command is given. */
export interface ScriptPolicy extends Omit<PolicyPatch, "startAt" | "endAt"> {
  readonly startInMs?: number
  readonly endInMs?: number
}

/** One field of a policy, made by chance; to try a new policy, add a line. */
type FieldMaker = (chance: Chance, density: Density) => ScriptPolicy

/** Every field this release carries out, and how often a job asks for it. */
const fields: ReadonlyArray<readonly [likelihood: number, make: FieldMaker]> = [
  [0.4, (chance) => ({ timeoutMs: chance.pick([10 * second, minute, 20 * minute]) })],
  [0.5, (chance) => ({ retry: { attemptsMax: between(chance, 1, 5), delaysMs: ladder(chance) } })],
  [0.4, (chance) => ({ onInterrupt: chance.pick(["retry", "skip"]) })],
  [0.4, (chance) => ({ disableAfterFailures: chance.pick([0, 2, 3, 10]) })],
  [0.1, (chance) => ({ mayWriteSchedule: chance.pick([true, false]) })],
  [0.5, (chance, density) => ({ catchUp: catchUpBy(chance, density) })],
  [0.4, (chance) => ({ overlap: chance.pick(["skip", "queue-one", "cancel-previous"]) })],
  [0.2, (chance, density) => ({ jitterMs: chance.below(density === "dense" ? minute : hour) })],
  [0.1, (chance) => ({ runsMax: between(chance, 1, 20) })],
  [0.1, (chance, density) => ({ startInMs: spanBy(chance, density) })],
  [0.1, (chance, density) => ({ endInMs: spanBy(chance, density) })],
  [
    0.3,
    (chance) => ({ alert: { after: between(chance, 1, 3), cooldownMs: chance.pick(cooldowns) } }),
  ],
]

const cooldowns = [second, hour, 24 * hour] as const

/** Policies that are not carried out, and must be refused by name. */
const refused: readonly [ScriptPolicy, ...ReadonlyArray<ScriptPolicy>] = [
  { timeoutMs: 0 },
  { retry: { attemptsMax: 0 } },
  { gate: "anything new?" },
]

/** A policy as somebody may ask for it; now and then one that cannot be had. */
export const policyBy = (chance: Chance, density: Density): ScriptPolicy => {
  if (chance.next() < 0.02) return chance.pick(refused)
  const patches = fields.flatMap(([likelihood, make]) =>
    chance.next() < likelihood ? [make(chance, density)] : [],
  )
  return Object.assign({}, ...patches) as ScriptPolicy
}

const catchUpBy = (chance: Chance, density: Density): NonNullable<PolicyPatch["catchUp"]> => ({
  mode: chance.pick(["none", "latest", "all"]),
  ...(chance.next() < 0.4 && { windowMs: 1 + spanBy(chance, density) }),
  ...(chance.next() < (density === "dense" ? 0.7 : 0.3) && { countMax: between(chance, 1, 12) }),
})

const spanBy = (chance: Chance, density: Density): number =>
  chance.below(density === "dense" ? 2 * hour : 60 * 24 * hour)

const ladder = (chance: Chance): ReadonlyArray<number> =>
  weighted(chance, [
    [2, [30 * second, minute, 5 * minute]],
    [1, [second]],
    [1, [minute, 30 * minute, 120 * minute]],
  ])
