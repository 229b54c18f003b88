import { spawn, type ChildProcess, type ChildProcessByStdio } from "node:child_process"
import { createInterface } from "node:readline"
import type { Readable } from "node:stream"
import { Effect, type Scope } from "effect"
import { Refusal } from "../../../machines/refusal.ts"

/** A scheduler in a process of its own, as `horolog serve` starts one. */
export interface DemoServer {
  readonly pid: number
  readonly address: string
  /** Sends a signal and waits until the process is gone: its exit code, or null when killed. */
  readonly end: (signal: "SIGTERM" | "SIGKILL") => Effect.Effect<number | null>
}

const startTimeout = "10 seconds"

/** Starts this same command as a server of the folder; whatever happens, it does not outlive the scope. */
export const startServer = (folder: string): Effect.Effect<DemoServer, Refusal, Scope.Scope> =>
  Effect.flatMap(
    Effect.acquireRelease(
      Effect.sync(() => spawnServer(folder)),
      (child) => Effect.sync(() => void child.kill("SIGKILL")),
    ),
    untilServing,
  )

const spawnServer = (folder: string): Child =>
  spawn(process.execPath, [...ownCommand(), ...words, folder], {
    stdio: ["ignore", "ignore", "pipe"],
    env: withoutOurs(process.env),
  })

type Child = ChildProcessByStdio<null, null, Readable>

/** The demo is about itself: what the user has configured stays out of it. */
const withoutOurs = (environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith("HOROLOG_")))

const untilServing = (child: Child): Effect.Effect<DemoServer, Refusal> =>
  Effect.callback<DemoServer, Refusal>((resume) => {
    const ended = new Promise<number | null>((resolve) => {
      child.once("exit", resolve)
    })
    const said: Array<string> = []
    createInterface({ input: child.stderr }).on("line", (line) => {
      said.push(line)
      const address = addressIn(line)
      if (address !== undefined) resume(Effect.succeed(server(child, address, ended)))
    })
    void ended.then(() => resume(Effect.fail(notStarted(said))))
  }).pipe(
    Effect.timeoutOrElse({
      duration: startTimeout,
      orElse: () => Effect.fail(notStarted(["it said nothing for ten seconds"])),
    }),
  )

const words = ["serve", "--port", "0", "--log", "json", "--data"]

/** How this process was started, without its verb. */
const ownCommand = (): ReadonlyArray<string> => [...process.execArgv, process.argv[1] ?? ""]

const server = (
  child: ChildProcess,
  address: string,
  ended: Promise<number | null>,
): DemoServer => ({
  pid: child.pid ?? 0,
  address,
  end: (signal) =>
    Effect.promise(() => {
      child.kill(signal)
      return ended
    }),
})

const addressIn = (line: string): string | undefined => {
  try {
    const { event, address } = JSON.parse(line) as { event?: string; address?: string }
    return event === "serving" ? address : undefined
  } catch {
    return undefined
  }
}

const notStarted = (said: ReadonlyArray<string>): Refusal =>
  new Refusal({
    code: "store-failed",
    message: "The scheduler of the demo did not start.",
    received: said.slice(-3),
    expected: "a process that says it is serving",
  })
