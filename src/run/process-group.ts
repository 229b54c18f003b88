import { setTimeout as wait } from "node:timers/promises"
import type { RunId } from "../../events/ids.ts"
import type { AgentProcess } from "./agent.ts"
import { carries, groupsCarrying, lookUp, membersOf } from "./process-table.ts"

/**
 * Ends a whole process group: asks, waits for `graceMs`, then forces. True once nothing of it is
 * alive; false when something outlived even that (a process stuck in the kernel).
 */
export const endGroup = async (group: number, graceMs: number): Promise<boolean> => {
  if (!isAlive(group)) return true
  signal(group, "SIGTERM")
  if (await emptyWithin(group, graceMs)) return true
  signal(group, "SIGKILL")
  return await emptyWithin(group, afterKillMs)
}

/**
 * Ends what is left of an agent's process group of a former boot. True when there was something.
 * A pid is given to another process sooner or later, so nothing is touched without proof: the leader
 * has the recorded start time, or a member was started for this very run.
 */
export const reapGroup = async (
  process: AgentProcess | null,
  runId: RunId,
  graceMs: number,
): Promise<boolean> => {
  const groups = process === null ? groupsOf(runId) : [process.pid]
  const ours = await Promise.all(
    groups.map(async (pid) => await isOf({ pid, startedAt: process?.startedAt ?? null }, runId)),
  )
  const left = groups.filter((_, index) => ours[index])
  await Promise.all(left.map(async (group) => await endGroup(group, graceMs)))
  return left.length > 0
}

/** Killed between the start of a process and its record, a boot leaves only the run's name behind. */
const groupsOf = (runId: RunId): ReadonlyArray<number> => groupsCarrying(markOf(runId))

const markOf = (runId: RunId): string => `HOROLOG_RUN=${runId}`

const afterKillMs = 2_000
const pollMs = { first: 2, last: 50 }

/** The start time rests on the wall clock of the boot, which may be set by a second or so. */
const startToleranceMs = 2_000

const isOf = async ({ pid, startedAt }: AgentProcess, runId: RunId): Promise<boolean> => {
  if (!isGroup(pid) || !isAlive(pid) || (await isOwnGroup(pid))) return false
  const leader = await lookUp(pid)
  if (leader?.group === pid && startedAt !== null) {
    if (Math.abs(leader.startedAt - startedAt) <= startToleranceMs) return true
  }
  return membersOf(pid).some((member) => carries(member, markOf(runId)))
}

/** To a signal, 0 is one's own group and 1 is everybody. */
const isGroup = (pid: number): boolean => Number.isSafeInteger(pid) && pid > 1

const isOwnGroup = async (group: number): Promise<boolean> =>
  group === process.pid || (await lookUp(process.pid))?.group === group

/** A group whose members have all ended still answers while they wait to be noticed. */
const isAlive = (group: number): boolean =>
  signal(group, 0) && (process.platform !== "linux" || membersOf(group).length > 0)

const emptyWithin = async (group: number, timeoutMs: number): Promise<boolean> => {
  let waitedMs = 0
  for (let delayMs = pollMs.first; isAlive(group); delayMs = Math.min(pollMs.last, delayMs * 2)) {
    if (waitedMs >= timeoutMs) return false
    await wait(delayMs)
    waitedMs += delayMs
  }
  return true
}

/** False when nobody is there, or nobody who is ours to signal. */
const signal = (group: number, name: NodeJS.Signals | 0): boolean => {
  try {
    return isGroup(group) && process.kill(-group, name)
  } catch (error) {
    if (["ESRCH", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "")) return false
    throw error
  }
}
