import { copyFileSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { buildCommand, cleanUp, horolog, serve, temporaryFolder } from "./process.ts"

/** Each of these starts the real command several times. */
const timeout = 30_000

beforeAll(buildCommand, timeout)
afterAll(cleanUp)

const fixture = (name: string): string =>
  fileURLToPath(new URL(`../import/fixtures/${name}`, import.meta.url))

const json = (text: string) => JSON.parse(text) as Record<string, unknown>

describe.concurrent("moving in and out by the command line", { timeout }, () => {
  test("refuses a source and a file that are not there", async () => {
    const [source, file, missing] = await Promise.all([
      horolog(["import", "at", "x"]),
      horolog(["import", "openclaw", "/no/such/file", "--data", temporaryFolder()]),
      horolog(["restore", "/no/such/file", "--data", temporaryFolder()]),
    ])
    expect(source.code).toBe(2)
    expect(file).toMatchObject({ code: 1, out: "" })
    expect(file.err).toContain("/no/such/file cannot be read")
    expect(missing.code).toBe(1)
  })

  test("a crontab on standard input needs the agent shell, and then arrives disabled", async () => {
    const folder = temporaryFolder()
    const words = ["import", "crontab", "-", "--data", folder]
    const input = "0 5 * * * echo hello; echo there >&2\n"
    const off = await horolog(words, { input })
    expect(off.code).toBe(1)
    expect(off.err).toContain("Set enabled = true in [agent.shell]")
    writeFileSync(join(folder, "config.toml"), "[agent.shell]\nenabled = true\n")
    const done = await horolog(words, { input })
    expect(done).toMatchObject({ code: 0, err: "" })
    expect(done.out).toContain("line 1: added")
    expect(done.out).toContain("standard input: 1 entries: 1 added")
    expect(done.out).toContain("crontab -r")
    const run = await horolog([
      "run",
      "echo hello; echo there >&2",
      "--wait",
      "--data",
      folder,
      "--json",
    ])
    expect(json(run.out)).toMatchObject({
      status: "ok",
      run: { output: "hello\nthere" },
    })
  })

  test("nanobot's jobs come with the actions beside them", async () => {
    const folder = temporaryFolder()
    const jobs = join(folder, "jobs.json")
    copyFileSync(fixture("nanobot.json"), jobs)
    copyFileSync(fixture("action.jsonl"), join(folder, "action.jsonl"))
    const { out } = await horolog(["import", "nanobot", jobs, "--dry-run", "--json"], {
      HOROLOG_DATA: temporaryFolder(),
    })
    expect(out).toContain('"name": "stretch"')
    expect(out).not.toContain('"name": "old"')
  })

  test("a log that is served goes out, and comes in again whole", async () => {
    const [from, to] = [temporaryFolder(), temporaryFolder()]
    const server = await serve(from)
    await horolog(["add", "one", "--every", "1h", "--data", from])
    const file = join(temporaryFolder(), "log.ndjson")
    const out = await horolog(["export", file, "--data", from])
    expect(out).toMatchObject({ code: 0, err: "" })
    expect(out.out).toContain(file)
    expect((await horolog(["export", file, "--data", from])).code).toBe(1)
    server.child.kill("SIGTERM")
    await server.ended
    const restored = await horolog(["restore", file, "--data", to])
    expect(restored).toMatchObject({ code: 0 })
    const [one, other] = await Promise.all([
      horolog(["show", "one", "--data", from, "--json"]),
      horolog(["show", "one", "--data", to, "--json"]),
    ])
    expect(json(other.out)).toEqual(json(one.out))
    expect((await horolog(["verify", "--data", to])).code).toBe(0)
    const lines = readFileSync(file, "utf8").split("\n")
    writeFileSync(`${file}.cut`, lines.slice(0, 2).join("\n"))
    const cut = await horolog(["restore", `${file}.cut`, "--data", temporaryFolder()])
    expect(cut.code).toBe(1)
    expect(cut.err).toContain("is cut off after the fact 1")
  })
})
