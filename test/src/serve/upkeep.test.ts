import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { Effect, Layer, ManagedRuntime, Stream } from "effect"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { compose, settingsOf } from "../../../src/compose.ts"
import { functionChannel } from "../../../src/channels/function.ts"
import { defaultConfiguration } from "../../../src/configuration/configuration.ts"
import { Scheduler } from "../../../src/engine/scheduler.ts"
import { EventLog } from "../../../src/log/event-log.ts"
import type { JobAnswer } from "../../../src/operations/job-answer.ts"
import type { RunStartedAnswer } from "../../../src/operations/run.ts"
import { echoAgent } from "../../../src/run/echo.ts"
import { Desk } from "../../../src/serve/desk.ts"
import { makeDesk } from "../../../src/serve/local-desk.ts"
import type { ReplayAnswer } from "../../../src/serve/upkeep/replay.ts"
import type { VerifyAnswer } from "../../../src/serve/upkeep/verify.ts"

const person = { kind: "user", id: "ada" } as const

const chat = functionChannel({ kind: "cli_chat", send: async () => {} })

// The native engine, so that a second connection can do to the file what no command would do.
const world = (folder: string) => {
  const settings = { ...settingsOf(defaultConfiguration), zone: "UTC" }
  const place = { folder, engine: "native" } as const
  const services = compose({ settings, agents: [echoAgent], channels: [chat] }, place)
  const desk = Layer.effect(Desk, makeDesk(false))
  const started = Layer.effectDiscard(
    Effect.flatMap(Scheduler, (scheduler) => scheduler.start({ clock: false })),
  )
  return ManagedRuntime.make(
    Layer.mergeAll(desk, started).pipe(Layer.provideMerge(services), Layer.orDie),
  )
}

let folder = ""
let runtime: ReturnType<typeof world>
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "horolog-upkeep-"))
  runtime = world(folder)
})
afterEach(async () => {
  await runtime.dispose()
  rmSync(folder, { recursive: true })
})

const ask = <A>(
  operation: string,
  input: unknown,
  by: { kind: "user" | "agent"; id: string } = person,
) =>
  runtime.runPromise(
    Effect.flatMap(Desk, (desk) => desk.ask(operation, input, { by })) as Effect.Effect<
      A,
      never,
      Desk
    >,
  )

const refused = (
  operation: string,
  input: unknown,
  by: { kind: "user" | "agent"; id: string } = person,
) =>
  runtime.runPromise(
    Effect.flip(Effect.flatMap(Desk, (desk) => desk.ask(operation, input, { by }))),
  )

/** Behind everybody's back. */
const tamper = (sql: string): void => {
  const database = new DatabaseSync(join(folder, "horolog.sqlite"))
  database.exec(sql)
  database.close()
}

const rows = (table: string) =>
  runtime.runPromise(Effect.flatMap(EventLog, (log) => log.query(`SELECT * FROM ${table}`)))

const nowhere = { channel: "nowhere", chat_id: "x" }

const addJob = () => ask<JobAnswer>("add", { prompt: "secret prompt", every: "1h", name: "one" })

const ran = async (): Promise<RunStartedAnswer> => {
  const { job_id } = await addJob()
  const run = await ask<RunStartedAnswer>("run", { job_id, wait: true })
  await runtime.runPromise(
    Effect.flatMap(Desk, (desk) =>
      desk.events(0).pipe(
        Stream.filter(({ fact }) => fact.type === "delivery.succeeded"),
        Stream.runHead,
      ),
    ),
  )
  return run
}

describe("verify", () => {
  test("is green over jobs, runs and refusals, and writes nothing", async () => {
    await ran()
    await refused("add", { prompt: "x", every: "1h", ...nowhere })
    const first = await ask<VerifyAnswer>("verify", {})
    expect(first).toMatchObject({
      ok: true,
      problems: [],
      rows: 2,
    })
    expect(await ask<VerifyAnswer>("verify", {})).toEqual(first)
  })

  test("names the first fact whose content, text or cause was changed", async () => {
    await ran()
    tamper("UPDATE events SET data = replace(data, 'every', 'never') WHERE type = 'job.added'")
    const { ok, problems } = await ask<VerifyAnswer>("verify", {})
    expect(ok).toBe(false)
    expect(problems[0]).toMatchObject({
      where: "text",
      position: 2,
      message: "its data are not what was recorded",
    })
  })

  test.each([
    [
      "body",
      "UPDATE events SET body = '{}' WHERE type = 'run.succeeded'",
      "its text is not what was recorded",
    ],
    [
      "meta",
      "UPDATE events SET meta = replace(meta, 'ada', 'bob')",
      "its meta is not what was recorded",
    ],
    ["order", "UPDATE events SET at = at + 1 WHERE position = 2", "the chain breaks here"],
    ["a gap", "DELETE FROM events WHERE position = 2", "the fact is missing"],
  ])("finds a change of %s", async (_what, sql, words) => {
    await ran()
    tamper(sql)
    const { problems } = await ask<VerifyAnswer>("verify", {})
    expect(problems.map(({ message }) => message).join()).toContain(words)
  })

  test("finds a row that is not what the log adds up to, and rebuild mends it (behaviour 60)", async () => {
    const { job_id } = await addJob()
    tamper("UPDATE scheduled_jobs SET name = 'forged'")
    tamper("INSERT INTO job_keys (job_id, key) VALUES ('job_x', 'k')")
    const { problems } = await ask<VerifyAnswer>("verify", {})
    expect(problems.map(({ where }) => where)).toEqual(["scheduled_jobs", "job_keys"])
    expect(problems[0]?.message).toContain(job_id)
    await ask("rebuild", {})
    expect((await ask<VerifyAnswer>("verify", {})).ok).toBe(true)
  })
})

describe("replay", () => {
  test("shows tables and states as they were at a position, and equals the tables at the end", async () => {
    await ran()
    const log = await ask<{ facts: ReadonlyArray<{ type: string; position: number }> }>("log", {})
    const started = log.facts.find(({ type }) => type === "run.started")?.position ?? 0
    const then = await ask<ReplayAnswer>("replay", { to: started })
    expect(then.states).toMatchObject([{ state: "running" }])
    expect(then.job_runs).toMatchObject([{ status: "running" }])
    const before = await ask<ReplayAnswer>("replay", { to: started - 1 })
    expect(before.states).toMatchObject([{ state: "enabled" }])
    const now = await ask<ReplayAnswer>("replay", {})
    expect(now.scheduled_jobs).toEqual(await rows("scheduled_jobs"))
    expect(now.job_runs).toEqual(await rows("job_runs"))
  })

  test("stops at an instant, and refuses one it cannot place", async () => {
    await addJob()
    const none = await ask<ReplayAnswer>("replay", { to: "2020-01-01T00:00:00Z" })
    expect(none).toMatchObject({ position: 0, states: [], last: null })
    expect(await refused("replay", { to: "yesterday" })).toMatchObject({ received: "yesterday" })
    expect(await refused("replay", { to: 1_000_000 })).toMatchObject({ code: "invalid-input" })
  })
})

describe("erasing and pruning", () => {
  test("an erased run shows nothing of its text, and verify stays green", async () => {
    const { run_id } = await ran()
    expect(await ask("erase", { id: run_id })).toMatchObject({ id: run_id, texts_erased: 1 })
    const shown = JSON.stringify(await ask("show", { id: run_id }))
    expect(shown).not.toContain("secret prompt")
    expect((await ask<VerifyAnswer>("verify", {})).ok).toBe(true)
  })

  test("all texts of a removed job go, those of a living job's definition stay", async () => {
    const { job_id } = await ran()
    await ask("erase", { id: job_id })
    expect(JSON.stringify(await ask("show", { id: job_id }))).toContain("secret prompt")
    await ask("remove", { job_id })
    await ask("erase", { id: job_id })
    expect(JSON.stringify(await ask("log", { job_id }))).not.toContain("secret prompt")
    expect((await ask<VerifyAnswer>("verify", {})).ok).toBe(true)
  })

  test("jobs that are disabled and unchanged since a time are removed, others stay", async () => {
    const { job_id } = await addJob()
    await ask("disable", { job_id })
    const living = await ask<JobAnswer>("add", { prompt: "x", every: "1h", name: "two" })
    const early = await ask("prune", { disabled_before: "2020-01-01T00:00:00Z" })
    expect(early).toMatchObject({ jobs_removed: [] })
    const late = await ask("prune", { disabled_before: "2999-01-01T00:00:00Z" })
    expect(late).toMatchObject({ jobs_removed: [job_id] })
    expect(await ask("list", {})).toMatchObject({ jobs: [{ job_id: living.job_id }] })
    expect(await refused("prune", { disabled_before: "last year" })).toMatchObject({
      code: "invalid-input",
    })
  })
})

describe("a desk", () => {
  const agent = { kind: "agent", id: "model" } as const

  test.each(["verify", "rebuild", "prune", "erase", "backup", "replay"])(
    "does not let agents ask for %s",
    async (operation) => {
      expect(await refused(operation, {}, agent)).toMatchObject({ code: "forbidden" })
    },
  )

  test("says that there is no such operation, and which was meant", async () => {
    expect(await refused("verfy", {})).toMatchObject({ code: "not-found", matches: ["verify"] })
  })

  test("lists and calls the tools of models", async () => {
    const { tools } = await ask<{ tools: ReadonlyArray<{ name: string }> }>("tools", {})
    expect(tools.map(({ name }) => name)).toContain("cron_add")
    const called = await ask("call", { name: "cron_list" }, agent)
    expect(called).toMatchObject({ success: true, output: "No scheduled jobs found." })
  })

  test("refuses a backup to a relative path", async () => {
    expect(await refused("backup", { file: "copy.sqlite" })).toMatchObject({
      code: "invalid-input",
      received: "copy.sqlite",
    })
  })
})
