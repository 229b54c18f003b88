import { chmodSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { buildCommand, horolog, cleanUp, serve, start, temporaryFolder, until } from "./process.ts"

/** Each of these starts the real command, some of them several times. */
const timeout = 30_000

beforeAll(buildCommand, timeout)
afterAll(cleanUp)

const json = (text: string): Record<string, unknown> => JSON.parse(text) as Record<string, unknown>

describe.concurrent("the command line refuses", { timeout }, () => {
  test("a verb, a flag and a value it does not know: 2, on standard error only", async () => {
    const [verb, flag, value, missing] = await Promise.all([
      horolog(["lst"]),
      horolog(["list", "--statuss", "all"]),
      horolog(["list", "--status", "nope", "--json"]),
      horolog(["add"]),
    ])
    expect(verb).toMatchObject({ code: 2, out: "" })
    expect(verb.err).toContain("list")
    expect(flag).toMatchObject({ code: 2, out: "" })
    expect(flag.err).toContain("--status")
    expect(json(value.err)).toMatchObject({ code: "invalid-input", received: "nope" })
    expect(value).toMatchObject({ code: 2, out: "" })
    expect(missing.code).toBe(2)
  })

  test("what cannot be: 1, with code, received, expected and hint as JSON", async () => {
    const folder = temporaryFolder()
    const words = ["--data", folder, "--json"]
    const bad = await horolog(["add", "x", "--cron", "60 * * * *", ...words])
    expect(bad).toMatchObject({ code: 1, out: "" })
    const refusal = json(bad.err.trim().split("\n").at(-1) ?? "")
    expect(refusal).toMatchObject({ code: "invalid-schedule", received: "60 * * * *" })
    expect(Object.keys(refusal)).toEqual(expect.arrayContaining(["message", "expected"]))
    const list = await horolog(["list", ...words])
    expect(json(list.out)).toMatchObject({ jobs: [], total: 0 })
  })

  test("a duration without a unit, and nothing is stored (behaviour 17)", async () => {
    const folder = temporaryFolder()
    const bare = await horolog(["add", "x", "--every", "5", "--data", folder])
    expect(bare.code).toBe(1)
    expect(bare.err).toContain("no unit")
    const { out } = await horolog(["list", "--data", folder])
    expect(out).toBe("No scheduled jobs found.\n")
  })

  test("a configuration with a misspelt key, before anything is opened", async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, "config.toml"), "[gateway]\nprot = 1\n")
    const { code, err } = await horolog(["list", "--data", folder])
    expect(code).toBe(1)
    expect(err).toContain("Did you mean gateway.port?")
  })

  test("to write a configuration over another one", async () => {
    const folder = temporaryFolder()
    expect((await horolog(["init", "--data", folder])).code).toBe(0)
    expect(statSync(join(folder, "config.toml")).mode & 0o777).toBe(0o600)
    const again = await horolog(["init", "--data", folder, "--json"])
    expect(again.code).toBe(1)
    expect(json(again.err)).toMatchObject({ code: "exists" })
  })

  test("parameters of a tool that are no JSON: 2; a tool's own refusal: 1", async () => {
    const folder = temporaryFolder()
    expect((await horolog(["call", "cron_list", "{", "--data", folder])).code).toBe(2)
    const refused = await horolog(["call", "cron_add", "{}", "--data", folder])
    expect(refused).toMatchObject({ code: 1, out: "" })
    expect(refused.err).toContain("prompt is required")
  })
})

describe.concurrent("the command line", { timeout }, () => {
  test("computes next times without a data folder (behaviour 1)", async () => {
    const folder = join(temporaryFolder(), "never-made")
    const zone = ["--tz", "America/Los_Angeles", "--from", "2025-12-13T00:00Z"]
    const { code, out } = await horolog(
      ["next", "0 9 * * 3", ...zone, "--count", "1", "--json", "--data", folder],
      {},
    )
    expect(code).toBe(0)
    expect(json(out)).toMatchObject({ next: [{ utc: "2025-12-17T17:00:00Z" }] })
    expect(() => statSync(folder)).toThrow("ENOENT")
  })

  test("pauses and resumes, a job and everything", async () => {
    const data = ["--data", temporaryFolder()]
    await horolog(["add", "x", "--every", "1h", "--name", "hello", ...data])
    const paused = await horolog(["pause", "hello", "--until", "3d", ...data])
    expect(paused.out).toMatch(/Paused "hello"[^]*paused until/)
    expect((await horolog(["list", ...data])).out).toContain("(paused)")
    expect((await horolog(["resume", "hello", ...data])).out).toContain('Resumed "hello"')
    expect((await horolog(["pause", ...data])).out).toContain("Everything is paused")
    expect(json((await horolog(["status", "--json", ...data])).out)).toMatchObject({
      clock: "paused",
    })
    expect((await horolog(["pause", ...data])).out).toContain("already")
    expect((await horolog(["resume", ...data])).out).toContain("Everything goes on")
  })

  test("adds, shows, runs, tells and proves, all in this process", async () => {
    const folder = temporaryFolder()
    const data = ["--data", folder]
    const added = await horolog(["add", "-", "--every", "1h", "--name", "hello", ...data], {
      input: "What is new?\n",
    })
    expect(added.code).toBe(0)
    expect(added.out).toContain('Added "hello": every 1h.')
    expect(added.err).toContain("nothing will fire until `horolog serve` runs")
    const ran = await horolog(["run", "hello", "--json", ...data])
    expect(json(ran.out)).toMatchObject({ status: "ok", run: { output: "What is new?" } })
    const runs = json((await horolog(["runs", "--json", ...data])).out)
    expect(runs).toMatchObject({ runs: [{ status: "ok", delivery: "delivered" }] })
    const verified = await horolog(["verify", ...data])
    expect(verified).toMatchObject({ code: 0 })
    expect(verified.out).toContain("The log is whole")
    const then = json((await horolog(["replay", "--to", "1", "--json", ...data])).out)
    expect(then).toMatchObject({ position: 1, states: [{ state: "enabled" }], job_runs: [] })
  })

  test("acts for the run it is called from, and is held to its limits (behaviour 45)", async () => {
    const folder = temporaryFolder()
    const inside = { HOROLOG_RUN: "run_1", HOROLOG_JOB_ID: "job_1", HOROLOG_DATA: folder }
    const added = await horolog(["add", "me again", "--every", "1h", "--json"], inside)
    expect(added.code).toBe(1)
    expect(added.err).toContain('"code":"self-scheduling"')
    const backup = await horolog(["backup", join(folder, "b.sqlite"), "--json"], inside)
    expect(json(backup.err)).toMatchObject({ code: "forbidden" })
  })

  test("backs up and restores, and never over a log that is there", async () => {
    const folder = temporaryFolder()
    const copy = join(temporaryFolder(), "copy.sqlite")
    await horolog(["add", "x", "--every", "1h", "--name", "kept", "--data", folder])
    expect((await horolog(["backup", copy, "--data", folder])).code).toBe(0)
    const other = temporaryFolder()
    expect((await horolog(["restore", copy, "--data", other])).code).toBe(0)
    const { out } = await horolog(["list", "--json", "--data", other])
    expect(json(out)).toMatchObject({ jobs: [{ name: "kept" }] })
    const over = await horolog(["restore", copy, "--data", other])
    expect(over.code).toBe(1)
    expect(over.err).toContain("holds a log already")
  })

  test("says where each value of the configuration comes from, and keeps secrets", async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, "config.toml"), '[agent.env]\nKEY = "hunter2"\n')
    const { out } = await horolog(["config", "--json", "--data", folder], {
      HOROLOG_GATEWAY_PORT: "4800",
    })
    const { values } = json(out) as { readonly values: ReadonlyArray<unknown> }
    expect(values).toContainEqual({
      key: "gateway.port",
      value: 4800,
      from: "HOROLOG_GATEWAY_PORT",
    })
    expect(out).not.toContain("hunter2")
  })

  test("finds what is amiss, and ends with 1 when jobs cannot run", async () => {
    const folder = temporaryFolder()
    const words = ["doctor", "--json", "--data", folder]
    const well = await horolog(words)
    expect(well.code).toBe(0)
    const unwell = await horolog([
      ...words,
      "--set",
      "agent.kind=command",
      "--set",
      "agent.argv=no-such-agent",
    ])
    expect(unwell.code).toBe(1)
    const { findings } = json(unwell.out) as { readonly findings: ReadonlyArray<unknown> }
    expect(findings).toContainEqual(
      expect.objectContaining({ check: "agent", state: "fail", mend: expect.any(String) }),
    )
  })
})

describe.concurrent("beside a server", { timeout }, () => {
  test("verbs are asked of it, a second server is told who holds the folder (behaviour 65)", async () => {
    const folder = temporaryFolder()
    const server = await serve(folder)
    const added = await horolog(["add", "Soon", "--in", "1s", "--data", folder])
    expect(added).toMatchObject({ code: 0, err: "" })
    const second = await horolog(["serve", "--port", "0", "--data", folder, "--json"])
    expect(second.code).toBe(1)
    const refusal = json(second.err)
    expect(refusal).toMatchObject({ code: "held" })
    expect(refusal["message"]).toContain(`process ${server.child.pid}`)
    await until(() => server.said().out.includes("Soon"), server.said)
    await until(() => server.said().err.includes("delivery.succeeded"), server.said)
    expect(server.said().err).not.toContain("Soon")
    expect((await horolog(["verify", "--data", folder])).code).toBe(0)
    server.child.kill("SIGTERM")
    const { code, err } = await server.ended
    expect(code).toBe(0)
    expect(err).toContain("scheduler.stopped    clean=true")
  })

  test("the token is its owner's alone, and goes with the server", async () => {
    const folder = temporaryFolder()
    const server = await serve(folder, "--log", "json")
    const file = join(folder, "horolog.serve.json")
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const { address, token } = json(readFileSync(file, "utf8")) as Record<string, string>
    const call = (bearer: string) =>
      fetch(`${address}/v1/call/status`, {
        method: "POST",
        headers: { authorization: `Bearer ${bearer}` },
      })
    expect((await call("guess")).status).toBe(401)
    expect(await (await call(token ?? "")).json()).toMatchObject({ served: true, clock: "ticking" })
    expect(server.said().err).not.toContain(token)
    for (const line of server.said().err.trim().split("\n")) expect(() => json(line)).not.toThrow()
    server.child.kill("SIGINT")
    expect((await server.ended).code).toBe(0)
    expect(() => statSync(file)).toThrow("ENOENT")
  })

  test("facts are followed, one JSON document a line, until a signal", async () => {
    const folder = temporaryFolder()
    await serve(folder)
    const follower = start(["log", "--follow", "--json", "--type", "job.added", "--data", folder])
    await horolog(["add", "x", "--every", "1h", "--data", folder])
    await until(() => follower.said().out.includes("\n"), follower.said)
    expect(json(follower.said().out)).toMatchObject({ type: "job.added" })
    follower.child.kill("SIGINT")
    expect((await follower.ended).code).toBe(130)
  })

  test("a run that hangs does not keep a second signal waiting", async () => {
    const folder = temporaryFolder()
    const agent = join(folder, "agent.sh")
    writeFileSync(agent, "#!/bin/sh\nsleep 60\n")
    chmodSync(agent, 0o700)
    const words = ["--set", "agent.kind=command", "--set", `agent.argv=${agent}`]
    const server = await serve(folder, ...words)
    await horolog(["add", "hang", "--in", "1s", "--data", folder])
    await until(() => server.said().err.includes("run.started"), server.said)
    server.child.kill("SIGTERM")
    await until(() => server.said().err.includes("stopping"), server.said)
    server.child.kill("SIGTERM")
    expect((await server.ended).code).toBe(143)
  })
})

describe("the demo", { timeout }, () => {
  test("really happens, within twenty seconds (behaviour 33)", async () => {
    const began = performance.now()
    const { code, out, err } = await horolog(["demo"], { TMPDIR: temporaryFolder() })
    expect(err).toBe("")
    expect(code).toBe(0)
    expect(out).toContain("SIGKILL")
    expect(out).toContain("run.interrupted")
    expect(out).toContain("Verified:")
    expect(performance.now() - began).toBeLessThan(20_000)
  })
})
