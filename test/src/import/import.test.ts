import { userInfo } from "node:os"
import { Effect, Result, Schema } from "effect"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import type { Actor } from "../../../events/envelope.ts"
import { Refusal } from "../../../machines/refusal.ts"
import { ImportAnswer } from "../../../src/operations/import-answer.ts"
import { importJobs } from "../../../src/operations/import.ts"
import { Views } from "../../../src/views/views.ts"
import { makeWorld, type World } from "../../kit/world.ts"
import { fixture } from "./reading.ts"

const ada: Actor = { kind: "user", id: "ada" }
const commandId = "01930000-0000-7000-8000-000000000001"

let world: World

beforeEach(() => {
  world = makeWorld()
})

afterEach(() => world.dispose())

type Asking = Parameters<typeof importJobs.ask>[1]

const asking = (input: unknown, caller: Partial<Asking>) =>
  importJobs.ask(input, { by: ada, ...caller }).pipe(Effect.provide(Views.layer))

const take = (input: unknown, caller: Partial<Asking> = {}): Promise<ImportAnswer> =>
  world.runtime.runPromise(asking(input, caller))

const refusalOf = async (input: unknown, caller: Partial<Asking> = {}): Promise<Refusal> => {
  const answer = await world.runtime.runPromise(Effect.result(asking(input, caller)))
  if (Result.isFailure(answer) && answer.failure instanceof Refusal) return answer.failure
  throw new Error(`not refused: ${JSON.stringify(answer)}`)
}

const openclaw = { source: "openclaw", text: fixture("openclaw.json"), tz: "UTC" } as const
const nanobot = { source: "nanobot", text: fixture("nanobot.json"), tz: "UTC" } as const
const crontab = { source: "crontab", text: fixture("user.crontab"), tz: "UTC" } as const

const entryOf = ({ entries }: ImportAnswer, ref: string) => {
  const found = entries.find((entry) => entry.ref === ref)
  if (found === undefined) throw new Error(`no entry ${ref}`)
  return found
}

describe("an import is refused", () => {
  test("to agents, and from inside a run", async () => {
    const agent = { kind: "agent", id: "model", channel: "cli_chat", chatId: "default" } as const
    for (const by of [agent, { ...ada, runId: "run_1" }]) {
      expect(await refusalOf(openclaw, { by })).toMatchObject({ code: "forbidden" })
    }
    expect(await world.facts()).toEqual([])
  })

  test("when the file cannot be read, by its name", async () => {
    const refusal = await refusalOf({ source: "hermes", text: "{", file: "/x/jobs.json" })
    expect(refusal.message).toContain("/x/jobs.json is no JSON, at line 1, column 2")
  })

  test("when it needs the agent shell and that is off; a dry run says so", async () => {
    expect(await refusalOf(crontab)).toMatchObject({
      code: "invalid-input",
      hint: expect.stringContaining("[agent.shell]") as string,
    })
    const preview = await take({ ...crontab, dry_run: true })
    expect(preview.notes.join()).toContain("[agent.shell]")
    expect(preview.counts).toEqual({ added: 11, existed: 0, refused: 1 })
    expect(await world.facts()).toEqual([])
  })

  test("of a source nobody knows", async () => {
    expect((await refusalOf({ source: "at", text: "x" })).message).toContain("source")
  })
})

describe("an entry is refused by itself", () => {
  test("a time that has passed, a zone that is none, an id that comes twice", async () => {
    const answer = await take(openclaw)
    expect(entryOf(answer, "a3-past").reason).toMatch(/ago/)
    expect(entryOf(answer, "a7-zone").reason).toMatch(/"CST" is an abbreviation.*America\/Chicago/)
    const [once, twice] = answer.entries.filter(({ ref }) => ref === "a2-once")
    expect([once?.outcome, twice?.outcome]).toEqual(["added", "refused"])
    expect(twice?.reason).toContain("of this id before")
    expect(answer.counts).toEqual({ added: 4, existed: 0, refused: 8 })
    expect(await world.jobs()).toHaveLength(4)
  })
})

describe("an import", () => {
  test("answers each entry with what it became, and how to stop the old scheduler", async () => {
    const answer = await take(openclaw)
    expect(Schema.is(ImportAnswer)(answer)).toBe(true)
    expect(answer.entries.map(({ ref }) => ref)).toHaveLength(12)
    expect(entryOf(answer, "4f0c6a7e-brief")).toMatchObject({
      outcome: "added",
      state: "disabled",
      schedule: "every weekday at 07:00 Europe/Vienna",
      next: { utc: "2026-11-24T06:00:00Z" },
      channel: "cli_chat",
      chat_id: "default",
    })
    expect(answer.stop.join()).toContain("openclaw cron disable")
  })

  test("brings jobs disabled: nothing fires, and each is one append", async () => {
    await world.start()
    await take(nanobot)
    expect(await world.jobs()).toEqual([
      expect.objectContaining({ name: "water", enabled: 0, next_run_at: null }),
      expect.objectContaining({ name: "news", enabled: 0, next_run_at: null }),
    ])
    expect(await world.story()).toEqual(["job.added", "job.disabled", "job.added", "job.disabled"])
    const facts = await world.facts()
    const commands = facts
      .filter(({ fact }) => fact.type.startsWith("job."))
      .map(({ meta }) => meta)
    expect(new Set(commands.map(({ command }) => command.id)).size).toBe(2)
    expect(commands[0]?.actor).toEqual({ kind: "import", id: "ada" })
    await world.clock.advance(86_400_000)
    expect(await world.runs()).toEqual([])
    await world.stop()
  })

  test("with enable brings jobs that were on enabled, in step, and the others as they were", async () => {
    const answer = await take({ ...nanobot, enable: true })
    expect(entryOf(answer, "1a2b3c4d")).toMatchObject({
      state: "enabled",
      next: { at: 1_795_510_920_000 },
    })
    expect(entryOf(answer, "2b3c4d5e")).toMatchObject({ state: "disabled" })
    expect(entryOf(answer, "2b3c4d5e").notes).toContain("It was off, and stays so.")
  })

  test("twice makes no job twice, and leaves what was changed since", async () => {
    const first = await take({ ...openclaw, enable: true })
    const before = await world.facts()
    const second = await take(openclaw)
    expect(second.counts).toEqual({ ...first.counts, added: 0, existed: first.counts.added })
    expect(entryOf(second, "a4-hook")).toMatchObject({
      outcome: "existed",
      state: "enabled",
      job_id: entryOf(first, "a4-hook").job_id,
    })
    const since = (await world.facts()).slice(before.length)
    expect(since.filter(({ stream }) => stream.startsWith("job-"))).toEqual([])
    expect(await world.jobs()).toHaveLength(first.counts.added)
  })

  test("under the same command answers the same", async () => {
    const first = await take(nanobot, { commandId })
    const again = await take(nanobot, { commandId })
    expect(again.entries.map(({ job_id }) => job_id)).toEqual(
      first.entries.map(({ job_id }) => job_id),
    )
    expect(await world.jobs()).toHaveLength(2)
  })

  test("as a dry run comes to the same entries, and changes nothing", async () => {
    const preview = await take({ ...openclaw, dry_run: true, enable: true })
    expect(await world.facts()).toEqual([])
    const done = await take({ ...openclaw, enable: true })
    const alike = ({ entries }: ImportAnswer) =>
      entries.map(({ job_id: _id, outcome, ...rest }) => ({
        ...rest,
        outcome: outcome === "would-add" ? "added" : outcome,
      }))
    expect(alike(preview)).toEqual(alike(done))
    const after = await take({ ...openclaw, dry_run: true })
    expect(after.counts).toEqual({ added: 0, existed: 4, refused: 8 })
  })

  test("sends answers where they went, if that is here; else to the chat of the import", async () => {
    const answer = await take(openclaw)
    expect(entryOf(answer, "a2-once")).toMatchObject({ channel: "cli_chat", chat_id: "family" })
    expect(entryOf(answer, "4f0c6a7e-brief").notes).toContain(
      "Its answers went to telegram 12345; there is no channel telegram here, so they go to the chat of the import.",
    )
  })

  test("sends all answers to the chat it is told", async () => {
    const answer = await take({ ...openclaw, channel: "cli_chat", chat_id: "old" })
    const chats = answer.entries.flatMap(({ chat_id }) => chat_id ?? [])
    expect(new Set(chats)).toEqual(new Set(["old"]))
    expect(entryOf(answer, "4f0c6a7e-brief").notes.join()).not.toContain("telegram")
  })
})

describe("policies of the old scheduler", () => {
  test("are taken over where there is one like it: stagger, and runs that are left", async () => {
    const payload = { kind: "agentTurn", message: "x" }
    const hourly = { kind: "cron", expr: "0 * * * *", staggerMs: 30_000 }
    const staggered = JSON.stringify([{ id: "s", schedule: hourly, payload }])
    await take({ source: "openclaw", text: staggered })
    const schedule = { kind: "cron", expr: "0 9 * * *" }
    const counted = { id: "r", prompt: "x", schedule, repeat: { times: 5, completed: 2 } }
    await take({ source: "hermes", text: JSON.stringify({ jobs: [counted] }) })
    const policies = (await world.jobs()).map(({ policy }) => JSON.parse(policy) as object)
    expect(policies).toMatchObject([{ jitterMs: 30_000 }, { runsMax: 3 }])
  })

  test("that cannot be here refuse the entry, and say why", async () => {
    const schedule = { kind: "cron", expr: "* * * * *", staggerMs: 300_000 }
    const payload = { kind: "agentTurn", message: "x" }
    const answer = await take({
      source: "openclaw",
      text: JSON.stringify([{ id: "s", schedule, payload }]),
    })
    expect(answer.entries[0]?.reason).toMatch(/jitter/)
  })
})

describe("an import of a crontab", () => {
  test("makes jobs of the agent shell", async () => {
    await world.dispose()
    world = makeWorld({ agents: ["test", "shell"] })
    const done = await take({ ...crontab, enable: true })
    expect(done.counts).toEqual({ added: 11, existed: 0, refused: 1 })
    const [job] = await world.jobs()
    expect(JSON.parse(job?.policy ?? "")).toMatchObject({ agent: "shell", timeoutMs: 86_400_000 })
    expect(done.stop.join()).toContain("crontab -e")
  })

  test("leaves lines of other accounts disabled", async () => {
    await world.dispose()
    world = makeWorld({ agents: ["test", "shell"] })
    const me = userInfo().username
    const other = me === "www-data" ? "daemon" : "www-data"
    const text = `0 5 * * * ${me} true\n0 6 * * * ${other} true\n`
    const answer = await take({ source: "crontab", text, system: true, enable: true })
    expect(answer.entries.map(({ state }) => state)).toEqual(["enabled", "disabled"])
    expect(answer.entries[1]?.notes.join()).toContain(`it ran as ${other}, and would run as ${me}`)
  })
})
