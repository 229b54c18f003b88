import { mkdtempSync, rmSync } from "node:fs"
import { loadavg, tmpdir } from "node:os"
import { join } from "node:path"

/** A small run shows that a measurement works; its figures say nothing. */
export const isSmall = process.argv.includes("--small")

/** How often something is done: in earnest, or only to see that it works. */
export const sized = (count: number, smallCount: number): number => (isSmall ? smallCount : count)

/** The words of the command line that are no flags. */
export const words: ReadonlyArray<string> = process.argv
  .slice(2)
  .filter((word) => !word.startsWith("--"))

type Figure = string | number | boolean | null

/** Prints one measurement as one line of JSON, with what it was measured on and how busy that was. */
export const print = (bench: string, figures: Readonly<Record<string, Figure>>): void => {
  const where = { node: process.version, load: rounded(loadavg()[0] ?? 0), small: isSmall }
  process.stdout.write(`${JSON.stringify({ bench, ...figures, ...where })}\n`)
}

/** A wrong result is no result: the measurement ends here, and with it the bench fails. */
export const expectEqual = (what: string, received: unknown, expected: unknown): void => {
  if (Object.is(received, expected)) return
  throw new Error(`${what}: ${String(received)} instead of ${String(expected)}`)
}

/** The value below which `percent` of the values lie. */
export const percentile = (values: ReadonlyArray<number>, percent: number): number => {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor((percent / 100) * sorted.length))] ?? NaN
}

export const rounded = (value: number, digits = 2): number => Number(value.toFixed(digits))

/** What some work cost: by the clock on the wall, and on the processor with all threads. */
export interface Cost {
  readonly wallMs: number
  readonly cpuMs: number
}

/** Begins to count; the answer tells what has been spent since. */
export const stopwatch = (): (() => Cost) => {
  const startedAt = performance.now()
  const before = process.cpuUsage()
  return () => {
    const { user, system } = process.cpuUsage(before)
    return { wallMs: performance.now() - startedAt, cpuMs: (user + system) / 1_000 }
  }
}

/** The memory this process holds once nothing is left to collect, and the most it ever held. */
export const memory = (): { readonly residentMb: number; readonly peakMb: number } => {
  globalThis.gc?.()
  globalThis.gc?.()
  return {
    residentMb: Math.round(process.memoryUsage.rss() / 1_048_576),
    peakMb: Math.round(process.resourceUsage().maxRSS / 1_024),
  }
}

export const sleep = (ms: number): Promise<void> =>
  new Promise((resolve) => void setTimeout(resolve, ms))

/** A folder that is gone when the work is done, whatever becomes of it. */
export const inFolder = async <A>(work: (folder: string) => Promise<A>): Promise<A> => {
  const folder = mkdtempSync(join(tmpdir(), "horolog-bench-"))
  try {
    return await work(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
