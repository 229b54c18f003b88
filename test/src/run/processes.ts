import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as wait } from "node:timers/promises"
import { onTestFinished } from "vitest"
import { lookUp } from "../../../src/run/process-table.ts"

/** Polls a real process or file until it says something else than null or false; never for ever. */
export const eventually = async <A>(ask: () => A | Promise<A>, what: string): Promise<A> => {
  for (let polls = 0; polls < 1_000; polls += 1) {
    const answer = await ask()
    if (answer !== null && answer !== false) return answer
    await wait(10)
  }
  throw new Error(`It never came to this: ${what}`)
}

/** Whether a process runs; one that has ended and was not noticed yet does not. */
export const isRunning = async (pid: number): Promise<boolean> => {
  const entry = await lookUp(pid)
  return entry !== null && !entry.zombie
}

/** A folder for one test. */
export const folder = (): string => {
  const path = mkdtempSync(join(tmpdir(), "horolog-run-"))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

/** The lines of a file that a process writes, or null while there is none. */
export const linesOf = (file: string): ReadonlyArray<string> | null => {
  try {
    return readFileSync(file, "utf8").split("\n").slice(0, -1)
  } catch {
    return null
  }
}

/** Waits until a script has written so many process ids to a file. */
export const pidsIn = (file: string, count: number): Promise<ReadonlyArray<number>> =>
  eventually(() => {
    const lines = linesOf(file) ?? []
    return lines.length >= count ? lines.map(Number) : null
  }, `${count} process ids in ${file}`) as Promise<ReadonlyArray<number>>
