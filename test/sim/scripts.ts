import type { Density } from "./policies.ts"
import { between, type Chance, chanceOf, weighted } from "./chance.ts"
import type { StepFault } from "./disk.ts"
import { actorBy, addBy, changeBy } from "./requests.ts"
import type { Again, Decision, Ending, Happening, Moment, Script } from "./script.ts"

const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/** A kind of world: how long it lasts, how much happens in it, and how it is slept and stepped. */
interface Profile {
  readonly name: string
  readonly density: Density
  readonly lengthMs: number
  readonly jobsCount: readonly [min: number, max: number]
  readonly happeningsCount: readonly [min: number, max: number]
  readonly endsCount: readonly [min: number, max: number]
  readonly pollIntervalMs: readonly [number, ...ReadonlyArray<number>]
  /** The longest time nobody is there. */
  readonly downMsMax: number
  /** How far the wall clock is set. */
  readonly stepMsMax: number
  readonly isTerse: boolean
  /** When a checkpoint is made; it costs as much as the log is long. */
  readonly checkpointBytes: readonly [number, ...ReadonlyArray<number>]
}

/** Months with jobs from daily to every other month. */
const calendar: Profile = {
  name: "calendar",
  density: "sparse",
  lengthMs: 180 * day,
  jobsCount: [20, 30],
  happeningsCount: [10, 40],
  endsCount: [1, 6],
  pollIntervalMs: [6 * hour, 24 * hour],
  downMsMax: 21 * day,
  stepMsMax: 4 * day,
  isTerse: false,
  checkpointBytes: [12_000, 120_000, 250_000, 250_000, 250_000, 250_000],
}

/** Two years, in which less goes wrong and most answers are empty: the bulk of the job-years. */
const years: Profile = {
  name: "years",
  density: "steady",
  lengthMs: 730 * day,
  jobsCount: [24, 36],
  happeningsCount: [10, 30],
  endsCount: [1, 5],
  pollIntervalMs: [24 * hour],
  downMsMax: 21 * day,
  stepMsMax: 4 * day,
  isTerse: true,
  checkpointBytes: [500_000],
}

/** Hours with jobs from every few seconds to every hour. */
const rush: Profile = {
  name: "rush",
  density: "dense",
  lengthMs: 5 * hour,
  jobsCount: [2, 8],
  happeningsCount: [10, 60],
  endsCount: [2, 10],
  pollIntervalMs: [minute],
  downMsMax: 2 * hour,
  stepMsMax: 8 * hour,
  isTerse: false,
  checkpointBytes: [12_000, 120_000, 250_000, 250_000, 250_000, 250_000],
}

/** Two hours in which nothing stays up for long. */
const storm: Profile = {
  ...rush,
  name: "storm",
  lengthMs: 2 * hour,
  jobsCount: [2, 6],
  happeningsCount: [5, 30],
  endsCount: [15, 40],
  downMsMax: 3 * minute,
}

/** The world of a seed: one of any kind, or one that is soon over. */
export const scriptOf = (seed: number, kind: "any" | "short" = "any"): Script => {
  const chance = chanceOf(seed, "script")
  const isShort = kind === "short"
  const profile = weighted(chance, [
    [isShort ? 2 : 4, calendar],
    [3, rush],
    [isShort ? 6 : 3, storm],
    [isShort ? 0 : 5, years],
  ])
  const jobsCount = between(chance, ...profile.jobsCount)
  return {
    seed,
    profile: profile.name,
    startAt: Date.UTC(2025, 0, 1) + chance.below(730) * day + chance.below(day),
    lengthMs: profile.lengthMs,
    jobsCount,
    settings: settingsBy(chance, profile),
    decisions: decisionsBy(chance, profile, jobsCount),
  }
}

const settingsBy = (
  chance: Chance,
  { pollIntervalMs, checkpointBytes, isTerse }: Profile,
): Script["settings"] => ({
  isTerse,
  maxConcurrent: between(chance, 1, 4),
  pollIntervalMs: chance.pick(pollIntervalMs),
  stopGraceMs: chance.pick([0, 30 * second]),
  checkpointBytes: chance.pick(checkpointBytes),
  runsPerJobMax: !isTerse && chance.next() < 0.15 ? 5 : null,
  textDaysMax: !isTerse && chance.next() < 0.06 ? 30 : null,
  shuffles: chance.next() < 0.4,
  opsMax: isTerse ? 2_048 : chance.pick([2_048, 2_048, 40, 40, 8]),
  isHasty: chance.next() < 0.3,
})

const decisionsBy = (
  chance: Chance,
  profile: Profile,
  jobsCount: number,
): ReadonlyArray<Decision> => {
  const { lengthMs, density } = profile
  const adds = Array.from({ length: jobsCount }, (_, slot) => ({
    atMs: chance.below(Math.floor(lengthMs / 10)),
    happening: commandBy(chance, addBy(chance, slot, density)),
  }))
  const others = Array.from({ length: between(chance, ...profile.happeningsCount) }, () => ({
    atMs: chance.below(lengthMs),
    happening: happeningBy(chance, profile, jobsCount),
  })).flatMap((decision) => [decision, ...rivalsOf(chance, decision, density)])
  const ends = Array.from({ length: between(chance, ...profile.endsCount) }, () => ({
    atMs: chance.below(lengthMs),
    happening: endBy(chance, profile),
  }))
  return [...adds, ...others, ...ends]
    .toSorted((one, other) => one.atMs - other.atMs)
    .map((decision, id) => ({ id, ...decision }))
}

/** Now and then somebody else wants something of the same job at the same instant. */
const rivalsOf = (
  chance: Chance,
  { atMs, happening }: Omit<Decision, "id">,
  density: Density,
): ReadonlyArray<Omit<Decision, "id">> => {
  const isBack = happening.type === "step" && happening.byMs < 0
  if (isBack && chance.next() < 0.6) return [{ atMs: atMs + second, happening: { type: "toggle" } }]
  if (happening.type !== "command" || chance.next() >= 0.4) return []
  const rival = changeBy(chance, happening.command.slot, density)
  return [{ atMs, happening: commandBy(chance, rival) }]
}

const commandBy = (
  chance: Chance,
  command: Extract<Happening, { readonly type: "command" }>["command"],
): Happening => ({
  type: "command",
  command,
  by: actorBy(chance),
  ...(chance.next() < 0.2 && { repeatMs: chance.pick([0, second, hour, 30 * hour]) }),
})

const happeningBy = (chance: Chance, profile: Profile, jobsCount: number): Happening => {
  const slot = chance.below(jobsCount)
  return weighted<() => Happening>(chance, [
    [10, () => commandBy(chance, changeBy(chance, slot, profile.density))],
    [2, () => commandBy(chance, addBy(chance, slot, profile.density))],
    [1, () => ({ type: "misuse", slot })],
    [3, () => ({ type: "cancel", slot })],
    [2, () => ({ type: "read" })],
    [1, () => ({ type: "checkpoint" })],
    [1, () => ({ type: "intrude" })],
    [1, () => ({ type: "crowd" })],
    [0.5, () => ({ type: "toggle" })],
    [0.5, () => ({ type: "pause-all" })],
    [2, () => ({ type: "resume-all" })],
    [2, () => ({ type: "step", byMs: stepBy(chance, profile) })],
    [2, () => ({ type: "suspend", forMs: 1 + chance.below(profile.downMsMax) })],
  ])()
}

const stepBy = (chance: Chance, { stepMsMax }: Profile): number => {
  const byMs = weighted(chance, [
    [3, between(chance, 2, 90) * second],
    [3, between(chance, 2, 180) * minute],
    [1, between(chance, 1, Math.floor(stepMsMax / minute)) * minute],
  ])
  return chance.next() < 0.5 ? byMs : -byMs
}

const endBy = (chance: Chance, profile: Profile): Happening => {
  const downMs = weighted(chance, [
    [2, chance.below(minute)],
    [2, chance.below(Math.min(hour, profile.downMsMax))],
    [2, chance.below(profile.downMsMax)],
  ])
  if (chance.next() < 0.15) return { type: "stop", downMs }
  return {
    type: "end",
    ending: endingBy(chance),
    moment: momentBy(chance),
    downMs,
    ...(chance.next() < 0.4 && { again: againBy(chance) }),
  }
}

const againBy = (chance: Chance): Again => ({
  ending: endingBy(chance),
  moment: weighted<Moment>(chance, [
    [1, { when: "task", count: between(chance, 1, 60) }],
    [4, { when: "step", count: between(chance, 4, 13), fault: faultBy(chance) }],
  ]),
})

const endingBy = (chance: Chance): Ending =>
  weighted<Ending>(chance, [
    [2, { how: "killed" }],
    [1, { how: "power-lost", keeps: "nothing" }],
    [2, { how: "power-lost", keeps: "some" }],
  ])

const momentBy = (chance: Chance): Moment =>
  weighted<Moment>(chance, [
    [1, { when: "now" }],
    [2, { when: "task", count: between(chance, 1, 400) }],
    [3, { when: "step", count: between(chance, 1, 30), fault: faultBy(chance) }],
  ])

const faultBy = (chance: Chance): StepFault =>
  weighted(chance, [
    [4, "dies-before"],
    [4, "dies-after"],
    [1, "refused"],
    [1, "short"],
    [1, "not-synced"],
    [1, "done-but-told-failed"],
  ])
