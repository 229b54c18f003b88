import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, describe, expect, test } from "vitest"
import type { FactType } from "../../../events/fact.ts"
import { nextRuns, openHorolog, type Horolog, type OpenOptions } from "../../../src/index.ts"

const opened: Array<Horolog> = []
const folders: Array<string> = []
const open = async (options: OpenOptions = {}): Promise<Horolog> => {
  const horolog = await openHorolog({ channels: { chat: async () => {} }, ...options })
  opened.push(horolog)
  return horolog
}
const folder = async () => {
  const path = await mkdtemp(join(tmpdir(), "horolog-library-"))
  folders.push(path)
  return path
}
afterEach(async () => {
  await Promise.all(opened.splice(0).map((horolog) => horolog.close()))
  await Promise.all(folders.splice(0).map((path) => rm(path, { recursive: true, force: true })))
})

const job = { prompt: "Say hello", channel: "chat", chat_id: "me" }

const until = async (horolog: Horolog, type: FactType): Promise<ReadonlyArray<FactType>> => {
  const seen: Array<FactType> = []
  for await (const { fact } of horolog.events()) {
    seen.push(fact.type)
    if (fact.type === type) return seen
  }
  return seen
}

describe("openHorolog", () => {
  test("refuses options that make no sense", async () => {
    await expect(open({ data: " " })).rejects.toMatchObject({ code: "invalid-input" })
    await expect(open({ timeZone: "Mars/Phobos" })).rejects.toThrow(/Mars\/Phobos/)
    await expect(open({ maxConcurrent: 0 })).rejects.toMatchObject({ code: "invalid-input" })
  })

  test("tells who holds the folder already", async () => {
    const data = await folder()
    await open({ data })
    await expect(open({ data })).rejects.toMatchObject({ _tag: "LogFailed", reason: "held" })
  })

  test("runs a job that is due and hands its answer over", async () => {
    const answers: Array<string> = []
    const horolog = await open({
      agent: async ({ prompt }) => ({ text: `You asked: ${prompt}` }),
      channels: { chat: async ({ text }) => void answers.push(text) },
    })
    const added = await horolog.tools.cron_add({
      ...job,
      at: new Date(Date.now() - 1000).toISOString(),
    })
    expect(added).toMatchObject({ success: true, error: null })

    const seen = await until(horolog, "delivery.succeeded")

    expect(seen).toContain("run.started")
    expect(answers).toEqual(["You asked: Say hello"])
    expect(await horolog.jobs()).toMatchObject({ jobs: [{ state: "disabled", last_status: "ok" }] })
    expect(await horolog.runs()).toMatchObject({ runs: [{ status: "ok" }] })
  })

  test("finds everything again after it was closed", async () => {
    const data = await folder()
    const first = await openHorolog({ data, channels: { chat: async () => {} } })
    await first.tools.cron_add({ ...job, every: "1h" })
    await first.close()
    const second = await open({ data, engine: "native" })
    expect(await second.jobs()).toMatchObject({ total: 1, jobs: [{ name: "Say hello" }] })
  })

  test("two in one process do not meet", async () => {
    const [one, other] = await Promise.all([open(), open()])
    await one.tools.cron_add({ ...job, every: "1h" })
    expect(await one.jobs()).toMatchObject({ total: 1 })
    expect(await other.jobs()).toMatchObject({ total: 0 })
  })

  test("takes commands as they are, and refuses with a reason", async () => {
    const horolog = await open()
    await expect(horolog.dispatch({ type: "enable-job", jobId: "job_none" })).rejects.toMatchObject(
      { code: "not-found" },
    )
    const added = await horolog.dispatch({
      type: "add-job",
      jobId: "job_mine",
      owner: { channel: "chat", chatId: "me" },
      prompt: "Say hello",
      schedule: { every: "1h" },
      channel: "chat",
      chatId: "me",
    })
    expect(added).toMatchObject({ jobId: "job_mine", facts: [{ type: "job.added" }] })
  })

  test("with its clock off, nothing falls due", async () => {
    const horolog = await open({ clock: false })
    await horolog.tools.cron_add({ ...job, at: new Date().toISOString() })
    expect(await horolog.runs()).toMatchObject({ runs: [] })
    expect(await until(horolog, "job.added")).not.toContain("clock.started")
  })

  test("closing twice is closing once", async () => {
    const horolog = await open()
    expect(await Promise.all([horolog.close(), horolog.close()])).toEqual([undefined, undefined])
  })
})

describe("nextRuns", () => {
  const from = Date.UTC(2025, 11, 13)

  test("answers epoch milliseconds, strictly after", () => {
    const cron = { cron: "0 9 * * 3", tz: "America/Los_Angeles" }
    expect(nextRuns(cron, { from, count: 1 })).toEqual([Date.UTC(2025, 11, 17, 17)])
    expect(nextRuns({ every: "1h" }, { from, count: 2 })).toEqual([
      from + 3_600_000,
      from + 7_200_000,
    ])
  })

  test("refuses a schedule that makes no sense", () => {
    expect(() => nextRuns({ cron: "60 * * * *" }, { from, count: 1 })).toThrow(/60/)
  })
})
