import { describe, expect, test } from "vitest"
import { entryOf, fixture, inputOf, read, reasonOf } from "./reading.ts"

const { entries, notes } = read("openclaw", fixture("openclaw.json"))
const entry = (ref: string) => entryOf(entries, ref)

describe("a job of OpenClaw becomes nothing", () => {
  test.each([
    ["a5-command", /a command, not a prompt/],
    ["a6-stream", /started by "stream"/],
    ["a8-listed", /does not say what it asks.*cron list --json --all/],
    ["jobs[9]", /has no id/],
    ["jobs[10]", /"not a job"/],
  ])("%s", (ref, why) => {
    expect(reasonOf(entry(ref))).toMatch(why)
  })
})

describe("a job of OpenClaw becomes a job", () => {
  test("by the calendar, with its model, its timeout and its chat", () => {
    const brief = entry("4f0c6a7e-brief")
    expect(brief.job).toEqual({
      input: {
        name: "Morning brief",
        prompt: "Summarise my calendar and the weather.",
        cron: "0 7 * * 1-5",
        tz: "Europe/Vienna",
        model: "small",
        key: "openclaw/4f0c6a7e-brief",
        policy: { timeout_ms: 300_000 },
      },
      deliverTo: { channel: "telegram", chatId: "12345" },
    })
    expect(brief.wasEnabled).toBe(true)
  })

  test("and says each field that is not taken over", () => {
    const said = entry("4f0c6a7e-brief").notes.join("\n")
    for (const field of ["agentId", "description", "sessionTarget", "wakeMode"]) {
      expect(said).toContain(`${field} "`)
    }
    expect(said).toContain('payload.thinking "low"')
    expect(said).toContain("delivery.bestEffort true")
    expect(said).not.toMatch(/createdAtMs|state/)
  })

  test("a field that nobody knows is said too", () => {
    const said = entry("a4-hook").notes.join("\n")
    expect(said).toContain('moonPhase "full" is not taken over: unknown here.')
    expect(said).toMatch(/pacing[^]*trigger/)
    expect(said).toContain("webhooks are not taken over")
    expect(said).toContain("It had no timeout")
  })

  test("in step with its anchor, or with when it was made", () => {
    expect(inputOf(entry("a1-hours")).schedule).toEqual({
      type: "every",
      every_ms: 21_600_000,
      anchor_at: 1_770_000_600_000,
      tz: "Europe/Vienna",
    })
    expect(inputOf(entry("a4-hook")).schedule).toMatchObject({ anchor_at: 1_770_000_900_000 })
    expect(entry("a1-hours")).toMatchObject({ wasEnabled: false })
    expect(entry("a1-hours").notes.join()).toMatch(/event in the main session.*not delivered/)
  })

  test("once, in UTC where no offset is said, and to the chat its payload names", () => {
    expect(entry("a2-once").job).toMatchObject({
      input: { at: "2026-12-01T09:00:00", tz: "UTC", delete_after_run: true },
      deliverTo: { channel: "cli_chat", chatId: "family" },
    })
    expect(inputOf(entry("a3-past")).at).toBe(1_770_000_600_000)
  })

  test("and a stagger becomes jitter", () => {
    const schedule = { kind: "cron", expr: "0 * * * *", staggerMs: 30_000 }
    const payload = { kind: "agentTurn", message: "x" }
    const [job] = read("openclaw", JSON.stringify([{ id: "s", schedule, payload }])).entries
    expect(job && inputOf(job).policy).toEqual({ jitter_ms: 30_000 })
  })

  test("what is printed page by page says that there is more", () => {
    const page = read("openclaw", JSON.stringify({ jobs: [], total: 90, hasMore: true }))
    expect(page.notes.join()).toContain("one page of 90 jobs")
    expect(notes.join()).not.toContain("page")
  })
})
