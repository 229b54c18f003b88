import { accessSync, constants, statSync, statfsSync, readdirSync } from "node:fs"
import { delimiter, dirname, join, resolve } from "node:path"
import type { Configuration } from "../../configuration/configuration.ts"
import { zoneOf } from "../../configuration/folder.ts"
import { planner } from "../../release.ts"
import type { StatusAnswer } from "../../serve/upkeep/status.ts"

/** One thing that was looked at. `mend` says what to do about it. */
export interface Finding {
  readonly check: string
  readonly state: "ok" | "warn" | "fail"
  readonly says: string
  readonly mend?: string
}

/** Whether somebody can answer prompts. */
export const checkAgent = ({ agent }: Configuration, folder: string): Finding => {
  if (agent.kind === "echo") {
    return {
      check: "agent",
      state: "warn",
      says: "echo answers prompts with the prompt itself; no model is asked",
      mend: 'set kind = "command" and argv in [agent] of config.toml',
    }
  }
  const program = agent.argv[0] ?? ""
  const found = find(program, resolve(folder, agent.cwd ?? "."))
  return found === undefined
    ? {
        check: "agent",
        state: "fail",
        says: `the program "${program}" is not found, or may not be run`,
        mend: "install it, or give its full path in agent.argv",
      }
    : { check: "agent", state: "ok", says: `${agent.argv.join(" ")} (${found})` }
}

/** Where a program is, as the system would look for it. */
const find = (program: string, folder: string): string | undefined => {
  const candidates = program.includes("/")
    ? [resolve(folder, program)]
    : (process.env["PATH"] ?? "").split(delimiter).map((one) => join(one, program))
  return candidates.find(isExecutable)
}

const isExecutable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}

/** Whether the rules of zones are recent enough to plan by. */
export const checkZoneData = (configuration: Configuration, year: number): Finding => {
  const version = process.versions["tz"] ?? "unknown"
  const { zone, zoneFrom } = zoneOf(configuration)
  const says = `${planner}; schedules that name no zone are in ${zone} (from the ${zoneFrom})`
  const age = year - Number(version.slice(0, 4))
  return age > 1 || Number.isNaN(age)
    ? {
        check: "zone data",
        state: "warn",
        says: `${says}; the rules are of ${version}`,
        mend: "install a newer Node: zones change their rules every year",
      }
    : { check: "zone data", state: "ok", says }
}

const mega = 1024 * 1024
const freeMin = 100 * mega
const freeWanted = 1024 * mega

/** Whether there is room for the log to grow. */
export const checkDisk = (folder: string): Finding => {
  const { bavail, bsize } = statfsSync(existing(folder))
  const free = bavail * bsize
  const says = `${Math.round(free / mega).toLocaleString("en")} MB free where ${folder} is`
  if (free >= freeWanted) return { check: "disk", state: "ok", says }
  return {
    check: "disk",
    state: free < freeMin ? "fail" : "warn",
    says,
    mend: "free some space: when the disk is full, no command is accepted",
  }
}

const existing = (folder: string): string => {
  try {
    statSync(folder)
    return folder
  } catch {
    return existing(dirname(folder))
  }
}

const imageMax = 300 * mega
const dayMs = 86_400_000

/** How large the log is, how fast it grows, and whether its engine still fits. */
export const checkLog = (status: StatusAnswer, folder: string, now: number): Finding => {
  const bytes = logBytes(folder)
  const days = status.first_at === null ? 0 : (now - status.first_at) / dayMs
  const says = `${status.head} facts, ${(bytes / mega).toFixed(1)} MB on disk with ${status.engine}${growth(status, days)}`
  if (status.engine === "native" || bytes < imageMax) return { check: "log", state: "ok", says }
  return {
    check: "log",
    state: "warn",
    says: `${says}; sql.js keeps all of it in memory`,
    mend: 'set engine = "native" in [log] of config.toml and start again: the same file is used',
  }
}

const growth = ({ head }: StatusAnswer, days: number): string =>
  days < 1 ? "" : `, ${Math.round(head / days).toLocaleString("en")} facts a day`

const logBytes = (folder: string): number =>
  readdirSync(folder)
    .filter((name) => /^horolog\.(sqlite|journal)/.test(name))
    .reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)

/** Whether anything fires at all. */
export const checkServer = ({ served, clock }: StatusAnswer): Finding => {
  if (!served) {
    return {
      check: "server",
      state: "warn",
      says: "no server runs here, so nothing fires",
      mend: "run `horolog serve`",
    }
  }
  return clock === "ticking"
    ? { check: "server", state: "ok", says: "it holds the folder, and its clock is ticking" }
    : {
        check: "server",
        state: "warn",
        says: "it answers, but its clock is switched off",
        mend: "set gateway.scheduler.enabled = true and start it again",
      }
}

/** Whether only its owner may read what may hold passwords and prompts. */
export const checkFolder = (folder: string): Finding => {
  try {
    accessSync(folder, constants.R_OK | constants.W_OK)
  } catch {
    return {
      check: "data folder",
      state: "fail",
      says: `${folder} cannot be read and written`,
      mend: "mend its permissions, or name another with --data",
    }
  }
  const isOpen = (statSync(folder).mode & 0o077) !== 0
  return isOpen
    ? {
        check: "data folder",
        state: "warn",
        says: `${folder} can be read by other users of this machine`,
        mend: `chmod 700 ${folder}`,
      }
    : { check: "data folder", state: "ok", says: folder }
}
