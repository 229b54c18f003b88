import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process"
import type { AgentProcess } from "./agent.ts"
import { captureAll, captureEnd, type Capture } from "./capture.ts"
import type { CommandLine } from "./command-line.ts"
import { endGroup } from "./process-group.ts"
import { lookUp } from "./process-table.ts"

/** How a program came to its end. */
export type Ending =
  | { readonly type: "exited"; readonly code: number }
  | { readonly type: "killed"; readonly signal: NodeJS.Signals }
  | { readonly type: "answered-too-much" }
  | { readonly type: "took-no-input"; readonly error: Error }

/** A program that runs at the head of a process group of its own. */
export interface Child extends AgentProcess {
  readonly output: Capture
  readonly errors: Capture
  /** Hands over its input and waits for its end. */
  readonly converse: (input: string) => Promise<Ending>
  /** Ends what is left of its group. True once nothing of it is alive. */
  readonly end: (graceMs: number) => Promise<boolean>
}

export interface ChildBounds {
  readonly cwd: string | undefined
  readonly outputBytesMax: number
  readonly errorCharactersMax: number
}

/** Starts a program, or rejects with the error of the operating system. */
export const startChild = async (command: CommandLine, bounds: ChildBounds): Promise<Child> => {
  const process = spawn(command.program, command.arguments, {
    cwd: bounds.cwd,
    env: command.environment,
    detached: true,
    stdio: "pipe",
  })
  const child = observe(process, bounds)
  const pid = await spawned(process)
  return { ...child, pid, startedAt: (await lookUp(pid))?.startedAt ?? null, end: ender(process) }
}

const spawned = (process: ChildProcessWithoutNullStreams): Promise<number> =>
  new Promise((resolve, reject) => {
    process.once("spawn", () => resolve(process.pid as number))
    // Stays for the life of the child: a late error without a listener would end this process.
    process.on("error", reject)
  })

/** Listens from the first moment, so that nothing is missed however quick the program is. */
const observe = (process: ChildProcessWithoutNullStreams, bounds: ChildBounds) => {
  const early = Promise.withResolvers<Ending>()
  process.stdin.on("error", (error) => {
    // Not to read its input is the program's right.
    if (!isClosedPipe(error)) early.resolve({ type: "took-no-input", error })
  })
  const ended = Promise.race([early.promise, exited(process)])
  return {
    output: captureAll(process.stdout, bounds.outputBytesMax, () =>
      early.resolve({ type: "answered-too-much" }),
    ),
    errors: captureEnd(process.stderr, bounds.errorCharactersMax),
    converse: (input: string) => {
      process.stdin.end(input)
      return ended
    },
  }
}

const isClosedPipe = (error: NodeJS.ErrnoException): boolean =>
  ["EPIPE", "ECONNRESET", "EOF", "ERR_STREAM_DESTROYED"].includes(error.code ?? "")

/** How long a program that has ended is listened to: what it wrote is at most a pipe away. */
const drainMs = 1_000

/** A process it left behind may hold its output open for ever: that one is not waited for. */
const exited = (process: ChildProcessWithoutNullStreams): Promise<Ending> =>
  new Promise((resolve) => {
    process.once("exit", (code, signal) => {
      const ending: Ending =
        signal === null ? { type: "exited", code: code ?? 0 } : { type: "killed", signal }
      const drained = setTimeout(() => resolve(ending), drainMs)
      process.once("close", () => {
        clearTimeout(drained)
        resolve(ending)
      })
    })
  })

const ender = (process: ChildProcessWithoutNullStreams) => async (graceMs: number) => {
  const ended = await endGroup(process.pid as number, graceMs)
  for (const stream of [process.stdin, process.stdout, process.stderr]) stream.destroy()
  return ended
}
