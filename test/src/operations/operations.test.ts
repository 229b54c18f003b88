import { Effect, Schema } from "effect"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { catalogue } from "../../../src/operations/catalogue.ts"
import { settle } from "../../kit/clock.ts"
import { sharedLog } from "../../kit/shared-log.ts"
import { monday, type WorldOptions } from "../../kit/world.ts"
import { yieldingLayer } from "../../../src/log/memory.ts"
import { ada, agentIn, daily, makeDesk, type Desk } from "./desk.ts"

const commandId = "01930000-0000-7000-8000-000000000001"

let desk: Desk

beforeEach(() => {
  desk = makeDesk()
})

afterEach(() => desk.dispose())

describe("the catalogue", () => {
  test("names an operation that is none, with near matches", async () => {
    const refusal = await desk.refusalOf("lst" as never, {})
    expect(refusal.message).toBe('There is no operation "lst". Did you mean list?')
    expect(refusal.expected).toContain("add, list, show")
    expect((await desk.refusalOf("toString" as never, {})).code).toBe("not-found")
  })

  test("checks every input in full before anything is asked", async () => {
    for (const name of Object.keys(catalogue)) {
      expect((await desk.refusalOf(name as "add", null)).code).toBe("invalid-input")
      const refusal = await desk.refusalOf(name as "add", { flavour: 1 })
      expect(refusal.message).toContain('Unknown field "flavour"')
    }
    expect(await desk.facts()).toEqual([])
  })

  test("says all that is wrong with an input", async () => {
    const refusal = await desk.refusalOf("list", { status: "odd", limit: 0 })
    expect(refusal.message).toBe(
      'status is "odd", expected "all" | "enabled" | "disabled". ' +
        "limit is 0, expected a value between 1 and 200.",
    )
    expect(refusal.received).toEqual({ status: "odd", limit: 0 })
    const { message } = await desk.refusalOf("add", { ...daily, schedule: { every_ms: 1 } })
    expect(message).toBe("schedule.type is absent, expected to be there.")
    const nested = { ...daily, policy: { retry: { attempts: 3 } } }
    expect((await desk.refusalOf("add", nested)).message).toBe(
      "policy.retry.attempts is 3, expected nothing of that name.",
    )
  })

  test("describes every field of every input", () => {
    for (const { input } of Object.values(catalogue)) {
      const { schema } = Schema.toJsonSchemaDocument(input)
      for (const [field, property] of Object.entries(schema["properties"] ?? {})) {
        expect(JSON.stringify(property), field).toContain("description")
      }
    }
  })

  test("gives answers that their schemas accept", async () => {
    await desk.start()
    const { job_id } = await desk.ask("add", daily)
    const { run_id } = await desk.ask("run", { job_id, wait: true })
    const asked = {
      list: {},
      show: { id: job_id },
      update: { job_id, prompt: "Other" },
      disable: { job_id },
      enable: { job_id },
      runs: {},
      next: { job_id },
      log: {},
      remove: { job_id },
    } as const
    for (const [name, input] of Object.entries(asked)) {
      const answer = await desk.ask(name as "list", input)
      const operation = catalogue[name as "list"]
      expect(Schema.is(operation.output)(answer), name).toBe(true)
      expect(JSON.parse(JSON.stringify(answer))).toEqual(answer)
    }
    expect(await desk.ask("show", { id: run_id })).toMatchObject({ kind: "run" })
    await desk.stop()
  })
})

describe("the same command twice (behaviour 44)", () => {
  test("makes one job, whose id is the command's, and gets the same answer", async () => {
    const first = await desk.ask("add", { prompt: "x", in: "1h" }, { commandId })
    expect(first.job_id).toBe(`job_${commandId}`)
    await desk.clock.advance(60_000)
    expect(await desk.ask("add", { prompt: "x", in: "1h" }, { commandId })).toEqual(first)
    expect(await desk.jobs()).toHaveLength(1)
  })

  test("another body under the same id, so the same job, is refused (behaviour 89)", async () => {
    await desk.ask("add", { prompt: "x", in: "1h" }, { commandId })
    const before = await desk.jobs()
    const refusal = await desk.refusalOf("add", { prompt: "y", in: "1h" }, { commandId })
    expect(refusal.code).toBe("invalid-input")
    expect(refusal.message).toContain(commandId)
    expect(await desk.jobs()).toEqual(before)
  })

  test("also after a restart, a refusal as well as an answer", async () => {
    const log = await sharedLog()
    const refusedId = commandId.replace(/1$/, "2")
    const ask = async () => {
      const desk = makeDesk({ log: log.layer })
      const answer = await desk.ask("add", { prompt: "x", every: "1h" }, { commandId })
      const past = { prompt: "x", at: "2026-11-20T09:00Z" }
      const refusal = await desk.refusalOf("add", past, { commandId: refusedId })
      const count = (await desk.facts()).length
      await desk.dispose()
      return { answer, refusal: refusal.message, count }
    }
    const first = await ask()
    expect(first.refusal).toContain("ago")
    expect(await ask()).toEqual(first)
    await log.dispose()
  })

  test("two that claim one key at once make one job", async () => {
    await desk.dispose()
    desk = makeDesk({ log: yieldingLayer as unknown as NonNullable<WorldOptions["log"]> })
    const input = { ...daily, key: "digest" }
    const answers = await Promise.all([1, 2, 3].map(() => desk.ask("add", input)))
    expect(new Set(answers.map(({ job_id }) => job_id)).size).toBe(1)
    expect(answers.filter(({ existed }) => existed)).toHaveLength(2)
    expect(await desk.jobs()).toHaveLength(1)
  })

  test("removes once and says so twice, though the job is gone", async () => {
    const { job_id } = await desk.ask("add", { ...daily, name: "digest" })
    const first = await desk.ask("remove", { job_id: "digest" }, { commandId })
    expect(await desk.ask("remove", { job_id: "digest" }, { commandId })).toEqual(first)
    expect(first.job_id).toBe(job_id)
    expect((await desk.refusalOf("remove", { job_id: "digest" })).code).toBe("not-found")
  })

  test("runs once", async () => {
    await desk.start()
    const { job_id } = await desk.ask("add", daily)
    const first = await desk.ask("run", { job_id }, { commandId })
    await settle()
    expect((await desk.ask("run", { job_id }, { commandId })).run_id).toBe(first.run_id)
    expect(await desk.runs()).toHaveLength(1)
    await desk.stop()
  })

  test("an id that is no uuid names the command, and the job gets an id of its own", async () => {
    const named = { commandId: "call-7" }
    const first = await desk.ask("add", daily, named)
    expect(first.job_id).toMatch(/^job_[\da-f-]{36}$/)
    expect(await desk.ask("add", daily, named)).toEqual(first)
  })

  test("with a key that was updated it is the same answer again", async () => {
    await desk.ask("add", { ...daily, key: "k" })
    const again = { ...daily, prompt: "Other", key: "k", on_exists: "update" }
    const first = await desk.ask("add", again, { commandId })
    expect(first.existed).toBe(true)
    await desk.ask("update", { job_id: first.job_id, prompt: "Third" })
    const repeated = await desk.ask("add", again, { commandId })
    expect(repeated).toMatchObject({ job_id: first.job_id, schedule: first.schedule })
    expect(await desk.jobs()).toMatchObject([{ prompt: "Third" }])
  })
})

describe("runs", () => {
  test("waiting answers with the end; text is cut in lists and whole when shown (behaviour 43)", async () => {
    const text = "🦉".repeat(10_000)
    await desk.dispose()
    desk = makeDesk({ run: () => Effect.succeed({ text }) })
    await desk.start()
    const { job_id } = await desk.ask("add", daily)
    const { run_id, status, run } = await desk.ask("run", { job_id, wait: true })
    expect(status).toBe("ok")
    expect(run?.output_length).toBe(10_000)
    expect(run?.output).toBe(`${"🦉".repeat(8_000)}...[truncated]`)
    const listed = await desk.ask("runs", { job_id })
    expect(listed.runs).toMatchObject([{ run_id, output: `${"🦉".repeat(200)}...` }])
    await desk.stop()
  })

  test("one that is not open cannot be cancelled; an open one is, with the reason", async () => {
    await desk.dispose()
    desk = makeDesk({ run: () => Effect.never })
    await desk.start()
    const { job_id } = await desk.ask("add", daily)
    expect((await desk.refusalOf("cancel", { run_id: "run_0000" })).code).toBe("not-found")
    const { run_id } = await desk.ask("run", { job_id })
    await settle()
    const ended = await desk.ask("cancel", { run_id: run_id.slice(0, -1), reason: "enough" })
    expect(ended).toMatchObject({ run_id, status: "cancelled" })
    expect((await desk.refusalOf("cancel", { run_id })).code).toBe("not-running")
    await desk.stop()
  })

  test("of a removed job are still there, for its chat alone", async () => {
    await desk.start()
    const by = agentIn("42")
    const { job_id } = await desk.ask(
      "add",
      { prompt: "x", in: "20m", delete_after_run: true },
      { by },
    )
    await desk.clock.advance(20 * 60_000)
    expect(await desk.jobs()).toEqual([])
    const { runs } = await desk.ask("runs", { job_id }, { by })
    expect(runs).toMatchObject([{ status: "ok", trigger: "schedule" }])
    const shown = { id: runs[0]?.run_id }
    expect((await desk.ask("show", shown, { by })).kind).toBe("run")
    const stranger = { by: agentIn("43") }
    expect((await desk.refusalOf("show", shown, stranger)).code).toBe("forbidden")
    expect((await desk.refusalOf("runs", { job_id }, stranger)).code).toBe("forbidden")
    await desk.stop()
  })
})

describe("next", () => {
  test("refuses a schedule together with a job, and a time that names no instant", async () => {
    const { job_id } = await desk.ask("add", daily)
    expect((await desk.refusalOf("next", { job_id, every: "1h" })).code).toBe("invalid-input")
    const local = { every: "1h", from: "2026-12-01T09:00" }
    expect((await desk.refusalOf("next", local)).expected).toContain("offset or Z")
    expect((await desk.refusalOf("next", {})).code).toBe("invalid-schedule")
  })

  test("answers from any instant on (behaviour 1)", async () => {
    const asked = { cron: "0 9 * * 3", tz: "America/Los_Angeles", from: "2025-12-13T00:00Z" }
    const { next, schedule } = await desk.ask("next", { ...asked, count: 1 })
    expect(next.map(({ utc }) => utc)).toEqual(["2025-12-17T17:00:00Z"])
    expect(schedule).toBe("every Wednesday at 09:00 America/Los_Angeles")
  })

  test("an `at` has one time, an interval counts from its anchor (behaviour 4)", async () => {
    expect((await desk.ask("next", { in: "1h", count: 9 })).next).toHaveLength(1)
    const anchored = { type: "every", every_ms: 3_600_000, anchor_at: monday + 600_000 }
    const { next } = await desk.ask("next", {
      schedule: anchored,
      from: monday + 18_000_000,
      count: 2,
    })
    expect(next.map(({ at }) => at - monday)).toEqual([18_600_000, 22_200_000])
  })
})

describe("log", () => {
  test("refuses a type that is none and an agent that names no job", async () => {
    const refusal = await desk.refusalOf("log", { type: "run.fialed" })
    expect(refusal.message).toContain("Did you mean run.failed?")
    expect((await desk.refusalOf("log", {}, { by: agentIn("42") })).code).toBe("forbidden")
  })

  test("gives pages of facts, of one job with its deliveries, or of one type", async () => {
    await desk.start()
    const { job_id } = await desk.ask("add", daily, { commandId })
    await desk.ask("add", { prompt: "other", every: "1h" })
    await desk.ask("run", { job_id, wait: true })
    await settle()
    const { facts } = await desk.ask("log", { job_id })
    expect(facts.map(({ type }) => type)).toEqual([
      "job.added",
      "run.started",
      "run.succeeded",
      "job.rescheduled",
      "delivery.attempted",
      "delivery.succeeded",
    ])
    expect(facts[0]).toMatchObject({
      job_id,
      by: ada,
      command: { id: commandId, name: "add-job" },
      fact: { chat_id: "default", plan: { due_at: Date.UTC(2026, 10, 24, 8) } },
    })
    const first = await desk.ask("log", { job_id, limit: 4 })
    expect(first.next_after).toBe(first.facts[3]?.position)
    const rest = await desk.ask("log", { job_id, after: first.next_after })
    expect(rest.facts).toHaveLength(2)
    expect((await desk.ask("log", { type: "job.added" })).facts).toHaveLength(2)
    expect((await desk.ask("log", { limit: 1_000 })).next_after).toBeNull()
    await desk.stop()
  })
})
