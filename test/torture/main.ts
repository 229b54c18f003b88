import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import { parseArgs } from "node:util"
import { randomFrom } from "../kit/random.ts"
import { runVerb, startServer, type Server } from "./server.ts"

/**
 * `npm run torture -- --rounds 1000 --seed 7`: a real `horolog serve` under load is killed at random
 * moments, again and again. What it had acknowledged is kept here, outside of it, and must be there.
 */
const { values } = parseArgs({
  options: { rounds: { type: "string", default: "1000" }, seed: { type: "string", default: "1" } },
})
const rounds = Number(values.rounds)
const { next: random } = randomFrom(Number(values.seed))
const between = (low: number, high: number) => low + Math.floor(random() * (high - low))

const folder = mkdtempSync(join(tmpdir(), "horolog-torture-"))
const pidsFolder = join(folder, "pids")
mkdirSync(pidsFolder)

/** Most runs are quick; every fourth hangs with a child of its own, to be ended by the next boot. */
const agent = `echo $$ > "${pidsFolder}/$HOROLOG_RUN"
case "$HOROLOG_RUN" in *0|*4|*8|*c) sleep 600 & wait ;; esac
cat`

writeFileSync(
  join(folder, "config.toml"),
  `[agent]
kind = "command"
argv = ["/bin/sh", "-c", ${JSON.stringify(agent)}]

[gateway]
port = 0

[gateway.scheduler]
max_concurrent = 8
`,
)

const acknowledged = new Map<string, string>()
let killsCount = 0

/** Adds jobs, some under a command id that was used before the last kill, until the server is gone. */
const load = async (server: Server, round: number): Promise<void> => {
  for (let count = 0; ; count += 1) {
    const commandId = `round-${round}-${count}`
    const schedule = random() < 0.9 ? { in: `${between(1, 3)}s` } : { every: "1s" }
    const input = { prompt: `round ${round}`, name: commandId, key: commandId, ...schedule }
    const answer = await server.ask("add", input, commandId).catch(() => undefined)
    if (answer === undefined) return
    if (answer.status === 200) acknowledged.set(commandId, String(answer.body["job_id"]))
    await pause(between(0, 10))
  }
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"))
  } catch {
    return false
  }
}

/** The agents of former boots: none may be left once a new one serves. */
const orphans = (before: ReadonlySet<string>): ReadonlyArray<string> =>
  [...before].filter((run) => {
    const pid = Number(readFileSync(join(pidsFolder, run), "utf8"))
    return pid > 0 && isAlive(pid)
  })

const fail = (message: string): never => {
  throw new Error(`${message} (seed ${values.seed}, folder ${folder})`)
}

const verified = async (): Promise<void> => {
  const { code, out, err } = await runVerb(["verify", "--json", "--data", folder])
  if (code !== 0) fail(`verify ended with ${code}: ${out}${err}`)
}

interface Fact {
  readonly stream: string
  readonly type: string
  readonly data: Readonly<Record<string, unknown>>
}

/** All facts of the log, as an export has them. */
const exported = async (): Promise<ReadonlyArray<Fact>> => {
  const file = join(folder, "export.ndjson")
  const { code, err } = await runVerb(["export", file, "--data", folder])
  if (code !== 0) fail(`export ended with ${code}: ${err}`)
  const lines = readFileSync(file, "utf8").trimEnd().split("\n")
  return lines
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter((row) => typeof row["stream"] === "string")
    .map((row) => ({
      stream: String(row["stream"]),
      type: String(row["type"]),
      data: JSON.parse(String(row["data"])) as Fact["data"],
    }))
}

/** Every acknowledged job has its fact, and no occurrence was claimed twice. */
const accounted = async (): Promise<number> => {
  const facts = await exported()
  const added = new Set(
    facts.filter(({ type }) => type === "job.added").map(({ data }) => data["jobId"]),
  )
  for (const [commandId, jobId] of acknowledged) {
    if (!added.has(jobId)) fail(`${commandId} was acknowledged, and ${jobId} is not in the log`)
  }
  const claims = facts
    .filter(({ type, data }) => type === "run.started" && data["trigger"] !== "manual")
    .map(({ stream, data }) => [stream, data["revision"], data["dueAt"], data["attempt"]].join())
  if (new Set(claims).size !== claims.length) fail("an occurrence was claimed twice")
  return claims.length
}

const round = async (number: number): Promise<void> => {
  const before = new Set(readdirSync(pidsFolder))
  const server = await startServer(folder)
  const left = orphans(before)
  if (left.length > 0) fail(`agents of a former boot still run: ${left.join(", ")}`)
  for (const run of before) rmSync(join(pidsFolder, run))
  const loading = load(server, number)
  await pause(between(0, 500))
  await server.kill()
  killsCount += 1
  await loading
}

/** A second server is told who holds the folder, also while the holder is stopped. */
const heldWhileStopped = async (): Promise<void> => {
  const server = await startServer(folder)
  server.signal("SIGSTOP")
  const second = await runVerb(["serve", "--data", folder, "--json"])
  server.signal("SIGCONT")
  if (second.code !== 1 || !second.err.includes(String(server.pid))) {
    fail(`a second server ended with ${second.code}: ${second.err}`)
  }
  const answer = await server.ask("list", {})
  if (answer.status !== 200) fail(`after SIGCONT the server answered ${answer.status}`)
  server.signal("SIGTERM")
  const deadline = pause(60_000, "late", { ref: false })
  const code = await Promise.race([server.ended(), deadline])
  if (code !== 0) fail(`a graceful stop ended with ${code}`)
}

const startedAt = Date.now()
for (let number = 1; number <= rounds; number += 1) {
  await round(number)
  if (number % 25 === 0 || number === rounds) await verified()
}
await heldWhileStopped()
await verified()
const claimsCount = await accounted()
rmSync(folder, { recursive: true, force: true })
const seconds = Math.round((Date.now() - startedAt) / 1000)
process.stdout.write(
  `${killsCount} kills, ${acknowledged.size} acknowledged jobs all there, ${claimsCount} claims, none twice, ${seconds} s\n`,
)
process.stdout.write("1 passed, 0 failed, 0 skipped\n")
