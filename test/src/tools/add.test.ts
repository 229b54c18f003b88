import { afterEach, beforeEach, describe, expect, test } from "vitest"
import type { JobAnswer } from "../../../src/operations/job-answer.ts"
import { monday } from "../../kit/world.ts"
import { agentIn, daily, idOf, makeDesk, type Desk } from "../operations/desk.ts"

let desk: Desk

beforeEach(() => {
  desk = makeDesk()
})

afterEach(() => desk.dispose())

const hour = 3_600_000
const added = async (args: object = daily) => idOf(await desk.tool("cron_add", args))

describe("cron_add", () => {
  test("answers with id, name, sentence, next times in both clocks and the zone (behaviour 81)", async () => {
    const result = await desk.tool("cron_add", { ...daily, name: "digest" })
    const id = idOf(result)
    expect(result).toMatchObject({ success: true, error: null })
    expect(result.structured).toMatchObject({
      name: "digest",
      schedule: "every day at 09:00 Europe/Vienna",
      zone: "Europe/Vienna",
      zone_from: "job",
      channel: "cli_chat",
      chat_id: "default",
      existed: false,
      warnings: [],
    })
    expect((result.structured as JobAnswer).next).toEqual(
      [24, 25, 26].map((day) => ({
        at: Date.UTC(2026, 10, day, 8),
        utc: `2026-11-${day}T08:00:00Z`,
        local: expect.stringContaining(`2026-11-${day}T09:00:00+01:00 Europe/Vienna`),
      })),
    )
    expect(result.output).toContain(`Job ${id} added.`)
    expect(result.output).toContain("digest: every day at 09:00 Europe/Vienna")
    expect(result.output).toContain("- 2026-11-24T08:00:00Z = 2026-11-24T09:00:00+01:00")
    expect(result.output).toContain("Zone: Europe/Vienna (of the job).")
  })

  test("says that the zone is the host's when none was given (behaviour 15)", async () => {
    const result = await desk.tool("cron_add", { prompt: "x", at: "2026-12-01T09:00" })
    expect(result.structured).toMatchObject({ zone: "UTC", zone_from: "host" })
    expect(result.output).toContain("Zone: UTC (from the host).")
  })

  test("resolves a length by our clock (behaviour 16)", async () => {
    const { structured } = await desk.tool("cron_add", { prompt: "x", in: "20m" })
    expect((structured as JobAnswer).next.map(({ at }) => at)).toEqual([monday + 20 * 60_000])
  })

  test("without a name takes 50 characters of the prompt, cut on a code point (behaviour 80)", async () => {
    const prompt = "🦉".repeat(60)
    const { structured } = await desk.tool("cron_add", { prompt, every: "1h" })
    expect((structured as JobAnswer).name).toBe("🦉".repeat(50))
  })

  test("all forms of one schedule make the same job (behaviour 87)", async () => {
    const groups = [
      [{ schedule: { type: "every", every_ms: hour } }, { every: "1h" }, { every: "60m" }],
      [
        { schedule: { type: "at", at: monday + hour } },
        { at: monday + hour },
        { at: "2026-11-23T10:00:00Z" },
        { in: "1h" },
      ],
      [
        { schedule: { type: "cron", expr: "0 0 9 * * *", tz: "Asia/Shanghai" } },
        { cron: "0 0 9 * * *", tz: "Asia/Shanghai" },
      ],
    ]
    for (const group of groups) {
      const schedules = new Set<string>()
      for (const when of group) {
        const jobId = await added({ prompt: "x", ...when })
        const row = (await desk.jobs()).find(({ id }) => id === jobId)
        schedules.add(`${row?.schedule} next ${row?.next_run_at}`)
      }
      expect([...schedules]).toHaveLength(1)
    }
  })

  test("the chat that calls is where the answer goes, and who owns the job", async () => {
    await desk.tool("cron_add", daily, { by: agentIn("42") })
    expect(await desk.jobs()).toMatchObject([
      { channel: "cli_chat", chat_id: "42", owner_channel: "cli_chat", owner_chat_id: "42" },
    ])
  })

  test("a key makes one job only: returned by default, or updated (behaviour 44)", async () => {
    const jobId = await added({ ...daily, key: "digest" })
    const again = await desk.tool("cron_add", { ...daily, prompt: "Other", key: "digest" })
    expect(again.structured).toMatchObject({ job_id: jobId, existed: true })
    expect(again.output).toContain(`Job ${jobId} exists already.`)
    expect(await desk.jobs()).toMatchObject([{ prompt: "Write the digest" }])

    const changed = { ...daily, prompt: "Other", key: "digest", on_exists: "update" }
    const updated = await desk.tool("cron_add", changed)
    expect(updated.structured).toMatchObject({ job_id: jobId, existed: true })
    expect(await desk.jobs()).toMatchObject([{ id: jobId, prompt: "Other" }])
  })

  test("a key of another chat is not handed over", async () => {
    await added({ ...daily, key: "digest" })
    const result = await desk.tool("cron_add", { ...daily, key: "digest" }, { by: agentIn("42") })
    expect(result).toMatchObject({ success: false, structured: { code: "forbidden" } })
  })

  test("warns of a job of the same name, and of one that runs all the time", async () => {
    const jobId = await added({ ...daily, name: "digest" })
    const twin = await desk.tool("cron_add", { prompt: "x", every: "5s", name: "digest" })
    expect((twin.structured as JobAnswer).warnings).toEqual([
      expect.stringContaining(`${jobId} has the same name`),
      expect.stringContaining("more than once a minute"),
    ])
    expect(twin.output).toContain("Warning: ")
  })
})
