import { spawn } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { isSmall, words } from "./kit.ts"

/**
 * `npm run bench`: every measurement in a process of its own, one line of JSON for each result on
 * standard output. `npm run bench -- lateness hold-native` runs those; `--small` only shows that they
 * work. Exits with 1 when a result was wrong.
 */
const measurements: Readonly<Record<string, readonly [file: string, ...words: Array<string>]>> = {
  lateness: ["lateness.ts", "sql.js"],
  "lateness-native": ["lateness.ts", "native"],
  runs: ["runs.ts", "sql.js", "50"],
  "runs-native": ["runs.ts", "native", "50"],
  "runs-one-by-one": ["runs.ts", "sql.js", "1"],
  "runs-one-by-one-native": ["runs.ts", "native", "1"],
  hold: ["hold.ts", "sql.js"],
  "hold-native": ["hold.ts", "native"],
  rebuild: ["rebuild.ts", "sql.js"],
  "rebuild-native": ["rebuild.ts", "native"],
  "next-due": ["next-due.ts"],
  simulate: ["simulate.ts"],
  start: ["start.ts"],
}

const flags = isSmall ? ["--small"] : []
/** What is measured in earnest is measured alone. */
const atOnceMax = isSmall ? 2 : 1

/** True when it ran to its end and found everything right. */
const run = async (name: string): Promise<boolean> => {
  const [file, ...given] = measurements[name] ?? []
  if (file === undefined) {
    const there = Object.keys(measurements).join(", ")
    process.stderr.write(`There is no measurement ${name}; there are: ${there}.\n`)
    return false
  }
  const path = fileURLToPath(new URL(file, import.meta.url))
  const args = ["--expose-gc", path, ...given, ...flags]
  const child = spawn(process.execPath, args, { stdio: ["ignore", "inherit", "inherit"] })
  const [code] = (await once(child, "exit")) as [number | null]
  if (code !== 0) process.stderr.write(`The measurement ${name} failed.\n`)
  return code === 0
}

const waiting = words.length === 0 ? Object.keys(measurements) : [...words]

const runAll = async (): Promise<boolean> => {
  let isRight = true
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
    isRight = (await run(name)) && isRight
  }
  return isRight
}

const results = await Promise.all(Array.from({ length: atOnceMax }, runAll))
process.exitCode = results.every(Boolean) ? 0 : 1
