import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"

const waitMax = 20_000

/** A process that writes to a log, and what it said so far. */
export interface Writing {
  readonly process: ChildProcess
  /** The numbers of the commands that it was told are durable. */
  readonly acknowledged: () => ReadonlyArray<number>
  readonly errors: () => string
  /** Waits until it has acknowledged as many. */
  readonly reach: (count: number) => Promise<void>
  /** Kills it without a warning, or waits until it has done so itself. */
  readonly ended: (signal?: "SIGKILL") => Promise<void>
}

export const startWriting = (
  options: Readonly<Record<string, string | number>>,
  script = "child.ts",
): Writing => {
  const file = fileURLToPath(new URL(script, import.meta.url))
  const args = Object.entries(options).map(([name, value]) => `--${name}=${value}`)
  const child = spawn(process.execPath, [file, ...args], { stdio: ["ignore", "pipe", "pipe"] })
  let output = ""
  let errors = ""
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text))
  child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text))
  const exited = once(child, "close")
  const acknowledged = () => output.split("\n").slice(0, -1).map(Number)

  const reach = async (count: number): Promise<void> => {
    const deadline = performance.now() + waitMax
    while (acknowledged().length < count) {
      if (child.exitCode !== null || performance.now() > deadline) {
        throw new Error(`only ${acknowledged().length} of ${count} acknowledged: ${errors}`)
      }
      await Promise.race([once(child.stdout, "data"), exited])
    }
  }

  const ended = async (signal?: "SIGKILL"): Promise<void> => {
    if (signal !== undefined) child.kill(signal)
    await exited
    if (child.signalCode !== "SIGKILL") throw new Error(`it ended by itself: ${errors}`)
  }
  return { process: child, acknowledged, errors: () => errors, reach, ended }
}
