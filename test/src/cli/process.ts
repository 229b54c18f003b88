import { execFile, spawn, type ChildProcess } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("../../..", import.meta.url))
const home = mkdtempSync(join(tmpdir(), "horolog-cli-"))
const bundle = join(home, "bundle")
const bin = join(bundle, "horolog.js")

/** Builds the command as it is shipped: it starts several times as fast as its sources. */
export const buildCommand = (): Promise<void> =>
  new Promise((resolve, reject) => {
    const vite = join(root, "node_modules/vite/bin/vite.js")
    const words = [vite, "build", "--outDir", bundle, "--emptyOutDir", "--logLevel", "warn"]
    execFile(process.execPath, words, { cwd: root }, (error) => {
      if (error) reject(error)
      else resolve()
    })
  })

const children = new Set<ChildProcess>()

/** Ends what is still running, and takes away every folder. Tests run side by side, so at the end. */
export const cleanUp = (): void => {
  for (const child of children) child.kill("SIGKILL")
  rmSync(home, { recursive: true, force: true, maxRetries: 5 })
}

/** What a command said, and how it ended. */
export interface Said {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** The environment without anything of ours, so that the machine's own settings play no part. */
const cleanEnvironment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !name.startsWith("HOROLOG_")),
)

/** A folder that is gone at the end. */
export const temporaryFolder = (): string => mkdtempSync(join(home, "data-"))

/** Starts the real command. */
export const start = (words: ReadonlyArray<string>, environment: NodeJS.ProcessEnv = {}) => {
  const child = spawn(process.execPath, [bin, ...words], {
    env: { ...cleanEnvironment, TZ: "UTC", ...environment },
  })
  children.add(child)
  child.once("exit", () => children.delete(child))
  let out = ""
  let err = ""
  child.stdout.on("data", (chunk) => (out += String(chunk)))
  child.stderr.on("data", (chunk) => (err += String(chunk)))
  const ended = new Promise<Said>((resolve) => {
    child.once("close", (code) => resolve({ code, out, err }))
  })
  return { child, ended, said: () => ({ out, err }) }
}

/** Runs the real command to its end. */
export const horolog = (
  words: ReadonlyArray<string>,
  { input, ...environment }: NodeJS.ProcessEnv & { readonly input?: string } = {},
): Promise<Said> => {
  const { child, ended } = start(words, environment)
  child.stdin.end(input ?? "")
  return ended
}

/** Starts a server on a free port, and waits until it serves. */
export const serve = async (folder: string, ...words: ReadonlyArray<string>) => {
  const server = start(["serve", "--data", folder, "--port", "0", ...words])
  await until(() => /address=|"address"/.test(server.said().err), server.said)
  return server
}

const patienceMs = 10_000
const pollMs = 20

/** Waits for something another process does. */
export const until = async (isSo: () => boolean, context: () => unknown): Promise<void> => {
  for (let waitedMs = 0; !isSo(); waitedMs += pollMs) {
    if (waitedMs > patienceMs)
      throw new Error(`it did not come about: ${JSON.stringify(context())}`)
    await new Promise((resolve) => setTimeout(resolve, pollMs))
  }
}
