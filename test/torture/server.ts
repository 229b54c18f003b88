import { spawn, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as pause } from "node:timers/promises"

const command = new URL("../../dist/bin/horolog.js", import.meta.url).pathname
const startsWithinMs = 20_000

interface Serving {
  readonly pid: number
  readonly address: string
  readonly token: string
}

/** A real `horolog serve` on a folder, and how to talk to it and to end it. */
export interface Server {
  readonly pid: number
  /** Asks an operation over HTTP. Rejects when the server is gone before it has answered. */
  readonly ask: (operation: string, input: unknown, commandId?: string) => Promise<Answer>
  readonly signal: (signal: NodeJS.Signals) => void
  /** SIGKILL, and waits until the process is gone. */
  readonly kill: () => Promise<void>
  /** Waits for the process to end by itself; answers its exit code. */
  readonly ended: () => Promise<number | null>
}

export interface Answer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

/** Starts a server and waits until it answers. */
export const startServer = async (folder: string): Promise<Server> => {
  const child = run(["serve", "--data", folder])
  const { address, token } = await announced(child, folder)
  const ask = async (operation: string, input: unknown, commandId?: string): Promise<Answer> => {
    const response = await fetch(`${address}/v1/call/${operation}`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${token}`,
        "content-type": "application/json",
        ...(commandId !== undefined && { "idempotency-key": commandId }),
      },
      body: JSON.stringify(input),
    })
    const body = (await response.json()) as Answer["body"]
    return { status: response.status, body }
  }
  return {
    pid: child.pid ?? 0,
    ask,
    signal: (signal) => void child.kill(signal),
    kill: async () => {
      child.kill("SIGKILL")
      await exitOf(child)
    },
    ended: () => exitOf(child),
  }
}

/** Runs a verb to its end. */
export const runVerb = async (
  args: ReadonlyArray<string>,
): Promise<{ readonly code: number | null; readonly out: string; readonly err: string }> => {
  const child = spawn(process.execPath, [command, ...args], { stdio: ["ignore", "pipe", "pipe"] })
  const out = textOf(child.stdout)
  const err = textOf(child.stderr)
  const code = await exitOf(child)
  return { code, out: await out, err: await err }
}

const run = (args: ReadonlyArray<string>): ChildProcess =>
  spawn(process.execPath, [command, ...args], { stdio: "ignore" })

const exitOf = async (child: ChildProcess): Promise<number | null> => {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit")
  return child.exitCode
}

/** The file of a former server may still be there: only this process's own word counts. */
const announced = async (child: ChildProcess, folder: string): Promise<Serving> => {
  const file = join(folder, "horolog.serve.json")
  for (let waitedMs = 0; waitedMs < startsWithinMs; waitedMs += 10) {
    const said = existsSync(file) ? servingOf(readFileSync(file, "utf8")) : {}
    if (said.pid === child.pid && said.address !== undefined) return said as Serving
    if (child.exitCode !== null) throw new Error(`The server ended with ${child.exitCode}.`)
    await pause(10)
  }
  throw new Error(`No server within ${startsWithinMs} ms.`)
}

const servingOf = (text: string): Partial<Serving> => {
  try {
    return JSON.parse(text) as Partial<Serving>
  } catch {
    // The file is replaced as a whole; a reader in between finds none, or an old one.
    return {}
  }
}

const textOf = async (stream: NodeJS.ReadableStream): Promise<string> => {
  let text = ""
  for await (const chunk of stream) text += String(chunk)
  return text
}
