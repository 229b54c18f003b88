import { spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { version } from "../src/release.ts"
import { expectEqual, percentile, print, rounded, sized } from "./kit.ts"

/** How long the bundled command takes to say its version, and how long Node alone takes for nothing. */
const command = fileURLToPath(new URL("../dist/bin/horolog.js", import.meta.url))
const timesCount = sized(20, 3)

const spawned = (args: ReadonlyArray<string>): { readonly ms: number; readonly output: string } => {
  const startedAt = performance.now()
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: "utf8" })
  const ms = performance.now() - startedAt
  expectEqual(`the exit code of node ${args.join(" ")}`, status, 0)
  return { ms, output: stdout }
}

const measure = (): void => {
  const times = Array.from({ length: timesCount }, () => {
    const { ms, output } = spawned([command, "--version"])
    expectEqual("the version said", output.includes(version), true)
    return ms
  })
  const bare = Array.from({ length: timesCount }, () => spawned(["-e", "0"]).ms)
  print("start", {
    timesCount,
    p50Ms: rounded(percentile(times, 50), 0),
    p99Ms: rounded(percentile(times, 99), 0),
    nodeP50Ms: rounded(percentile(bare, 50), 0),
    aim: "at most 300 ms",
  })
}

if (existsSync(command)) measure()
else print("start", { left: "out", because: "dist is not there; `npm run build` makes it" })
