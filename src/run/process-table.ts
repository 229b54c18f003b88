import { execFile } from "node:child_process"
import { readdirSync, readFileSync } from "node:fs"
import { promisify } from "node:util"
import type { EpochMs } from "../../events/time.ts"

/** A process as the operating system knows it. */
export interface ProcessEntry {
  readonly pid: number
  /** The leader of its process group. */
  readonly group: number
  readonly startedAt: EpochMs
  /** It has ended and only waits for its parent to notice. */
  readonly zombie: boolean
}

/** Looks a process up; null when there is none, or when this platform cannot tell. */
export const lookUp = async (pid: number): Promise<ProcessEntry | null> => {
  if (process.platform === "linux") return fromProc(pid)
  if (process.platform === "darwin") return await fromPs(pid)
  return null
}

/** The ids of the processes of a group that are alive. Linux only: elsewhere none are ever found. */
export const membersOf = (group: number): ReadonlyArray<number> =>
  pids().filter((pid) => {
    const stat = statOf(pid)
    return stat !== null && stat.group === group && !stat.zombie
  })

/** Whether a process was started with `NAME=value` in its environment. Linux only. */
export const carries = (pid: number, variable: string): boolean =>
  readProc(`/proc/${pid}/environ`)?.split("\0").includes(variable) === true

/** The groups of all living processes that were started with `NAME=value`. Linux only. */
export const groupsCarrying = (variable: string): ReadonlyArray<number> => {
  const stats = pids().map((pid) => (carries(pid, variable) ? statOf(pid) : null))
  const groups = stats.flatMap((stat) => (stat === null || stat.zombie ? [] : [stat.group]))
  return [...new Set(groups)]
}

const pids = (): ReadonlyArray<number> =>
  process.platform === "linux" ? readdirSync("/proc").map(Number).filter(Number.isInteger) : []

/** Linux tells user space about time in hundredths of a second, whatever the kernel counts in. */
const tickMs = 10

const fromProc = (pid: number): ProcessEntry | null => {
  const stat = statOf(pid)
  const bootedAtSeconds = /^btime (\d+)$/m.exec(readProc("/proc/stat") ?? "")?.[1]
  if (stat === null || bootedAtSeconds === undefined) return null
  const { group, zombie, startTicks } = stat
  return { pid, group, zombie, startedAt: Number(bootedAtSeconds) * 1000 + startTicks * tickMs }
}

const statOf = (pid: number) => {
  const stat = readProc(`/proc/${pid}/stat`)
  if (stat === null) return null
  // The second field is the program's name, which may hold spaces and parentheses itself.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
  const [state, , group] = fields
  return {
    group: Number(group),
    zombie: state === "Z" || state === "X",
    startTicks: Number(fields[19]),
  }
}

/** Processes come and go while one looks: what cannot be read is not there. */
const readProc = (file: string): string | null => {
  try {
    return readFileSync(file, "utf8")
  } catch {
    return null
  }
}

const run = promisify(execFile)

const fromPs = async (pid: number): Promise<ProcessEntry | null> => {
  const env = { ...process.env, LC_ALL: "C", TZ: "UTC" }
  const columns = ["-o", "pgid=", "-o", "stat=", "-o", "lstart="]
  const answer = await run("ps", [...columns, "-p", String(pid)], { env }).catch(() => null)
  const found = /^\s*(\d+)\s+(\S+)\s+(.+?)\s*$/.exec(answer?.stdout ?? "")
  if (found === null) return null
  const [, group, state, startedAt] = found
  return {
    pid,
    group: Number(group),
    startedAt: Date.parse(`${startedAt} UTC`),
    zombie: state?.startsWith("Z") === true,
  }
}
