import { between, type Chance, weighted } from "./chance.ts"
import { policyBy } from "./policies.ts"
import type { Density } from "./policies.ts"
import type { ScriptActor, ScriptCommand, ScriptSchedule } from "./script.ts"

const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

const zones = [
  "UTC",
  "America/New_York",
  "Europe/Vienna",
  "Australia/Lord_Howe",
  "Asia/Kolkata",
  "America/Santiago",
  "Pacific/Auckland",
  "Africa/Cairo",
] as const

/** A job as somebody may ask for it. */
export const addBy = (chance: Chance, slot: number, density: Density): ScriptCommand => ({
  type: "add",
  slot,
  schedule: scheduleBy(chance, density),
  policy: policyBy(chance, density),
  channel: channelBy(chance),
  ...(chance.next() < 0.15 && { key: `key-${chance.below(3)}` }),
  deleteAfterRun: chance.next() < 0.1,
  enabled: chance.next() >= 0.05,
})

/** Anything but an add, for a job that may be in any state, or gone. */
export const changeBy = (chance: Chance, slot: number, density: Density): ScriptCommand =>
  weighted<() => ScriptCommand>(chance, [
    [3, () => updateBy(chance, slot, density)],
    [2, () => ({ type: "disable", slot })],
    [4, () => ({ type: "enable", slot })],
    [3, () => ({ type: "run", slot })],
    [
      2,
      () => ({
        type: "pause",
        slot,
        ...(chance.next() < 0.6 && { forMs: pauseBy(chance, density) }),
      }),
    ],
    [2, () => ({ type: "resume", slot })],
    [0.5, () => ({ type: "remove", slot })],
  ])()

export const actorBy = (chance: Chance): ScriptActor =>
  weighted(chance, [
    [12, "user"],
    [4, "agent"],
    [1, "stranger"],
    [1, "inside"],
  ])

const updateBy = (chance: Chance, slot: number, density: Density): ScriptCommand => ({
  type: "update",
  slot,
  ...(chance.next() < 0.6 && { schedule: scheduleBy(chance, density) }),
  ...(chance.next() < 0.3 && { policy: policyBy(chance, density) }),
  ...(chance.next() < 0.3 && { name: `name ${chance.below(4)}` }),
  ...(chance.next() < 0.1 && { channel: channelBy(chance) }),
})

const pauseBy = (chance: Chance, density: Density): number =>
  1 + chance.below(density === "dense" ? hour : 30 * day)

const channelBy = (chance: Chance): string =>
  weighted(chance, [
    [6, "cli_chat"],
    [4, "webhook"],
    [0.2, "pigeon"],
  ])

const scheduleBy = (chance: Chance, density: Density): ScriptSchedule =>
  density === "dense" ? denseBy(chance) : sparseBy(chance, density === "steady" ? 3 : 1)

/** From every other month to daily; `often` says how much the weekly ones outweigh the others. */
const sparseBy = (chance: Chance, often: number): ScriptSchedule => {
  const tz = chance.pick(zones)
  const clock = `${chance.below(60)} ${chance.below(24)}`
  return weighted<() => ScriptSchedule>(chance, [
    [12, () => ({ cron: `${clock} ${between(chance, 1, 31)} * *`, tz })],
    [8 * often, () => ({ cron: `${clock} * * ${chance.below(7)}`, tz })],
    [0.8 * often, () => ({ cron: `${clock} * * *`, tz })],
    [0.3, () => ({ cron: `30 ${chance.pick([1, 2])},14 * * *`, tz })],
    [2, () => ({ cron: `${clock} 1 */2 *`, tz })],
    [8, () => ({ everyMs: between(chance, 4, 30) * day + between(chance, 0, 3) * hour })],
    [0.4, () => ({ everyMs: day, anchoredMs: -between(chance, 0, 5) * hour })],
    [1, () => ({ inMs: between(chance, 1, 40 * 24) * hour })],
    [1, () => ({ atMs: between(chance, -60, 40 * 24 * 60) * minute })],
  ])()
}

const denseBy = (chance: Chance): ScriptSchedule => {
  const tz = chance.pick(zones)
  return weighted<() => ScriptSchedule>(chance, [
    [3, () => ({ everyMs: between(chance, 1, 60) * minute })],
    [1, () => ({ everyMs: between(chance, 5, 90) * second })],
    [2, () => ({ cron: `*/${chance.pick([1, 5, 15, 30])} * * * *`, tz })],
    [1, () => ({ cron: `${chance.below(60)} * * * *`, tz })],
    [1, () => ({ cron: `*/20 ${chance.below(60)} * * * *`, tz })],
    [2, () => ({ inMs: between(chance, 1, 600) * second })],
    [1, () => ({ atMs: between(chance, -90, 3_600) * second })],
  ])()
}
