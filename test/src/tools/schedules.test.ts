import { describe, expect, test } from "vitest"
import { definition, digest, refused, understood } from "./decoding.ts"

describe("pitfall 6: times keep what they say", () => {
  test("a time without an offset goes on without one, with its zone", () => {
    const args = { prompt: "x", at: "2026-12-01T09:00", tz: "Europe/Vienna" }
    expect(understood("cron_add", args)).toEqual(args)
  })

  test("a number is milliseconds, as text too", () => {
    expect(understood("cron_add", { prompt: "x", at: "1764000000000" })).toEqual({
      prompt: "x",
      at: 1_764_000_000_000,
    })
  })
})

describe("pitfall 7: one text with two meanings", () => {
  test("a bare length as the schedule is refused with both meanings", () => {
    const refusal = refused("cron_add", { prompt: "x", schedule: "30m" })
    expect(refusal.message).toBe('schedule "30m" does not say whether once or again and again.')
    expect(refusal.hint).toBe('Use in: "30m" to run once, or every: "30m" to repeat.')
  })

  test.each([
    ["every 30m", { every: "30m" }],
    ["in 30m", { in: "30m" }],
    ["0 9 * * 1-5", { cron: "0 9 * * 1-5" }],
    ["@daily", { cron: "@daily" }],
    ["2026-12-01T09:00", { at: "2026-12-01T09:00" }],
  ])("%s means one thing", (schedule, form) => {
    expect(understood("cron_add", { prompt: "x", schedule })).toEqual({ prompt: "x", ...form })
  })

  test("`@every 5m` is no cron nickname and is refused", () => {
    expect(refused("cron_add", { prompt: "x", schedule: "@every 5m" }).code).toBe(
      "invalid-schedule",
    )
  })
})

describe("pitfall 8: dialects of cron", () => {
  test.each([["0 9 * * *"], ["0 0 9 * * *"], ["0 9 * * 0-7"], ["0 9 ? * MON#1"], ["0 9 L * *"]])(
    "%s reaches the planner as written",
    (cron) => {
      expect(understood("cron_add", { prompt: "x", cron })).toEqual({ prompt: "x", cron })
    },
  )
})

describe("pitfall 9: nothing makes a job silently dead or once", () => {
  test.each([["enabled"], ["do_only_once"], ["dry_run"]])("%s is no parameter", (field) => {
    expect(refused("cron_add", { ...digest, [field]: false }).message).toContain(`"${field}"`)
  })
})

describe("pitfall 10: a run is not waited for", () => {
  test("cron_run takes no wait, and says not to poll", () => {
    expect(refused("cron_run", { job_id: "j", wait: true }).message).toContain('"wait"')
    expect(definition("cron_run").description).toContain("Do not wait or poll")
  })
})

describe("schedule forms (behaviour 87)", () => {
  test.each([
    [{ schedule: { type: "every", every_ms: 3_600_000 } }],
    [{ schedule: { kind: "interval", intervalMs: 3_600_000 } }],
    [{ type: "every", every_ms: 3_600_000 }],
  ])("%j repeats every hour", (when) => {
    expect(understood("cron_add", { prompt: "x", ...when })).toEqual({
      prompt: "x",
      schedule: { type: "every", every_ms: 3_600_000 },
    })
  })

  test.each([
    [{ schedule: { type: "at", at: 1_764_000_000_000 } }],
    [{ schedule: { kind: "at", atMs: 1_764_000_000_000 } }],
    [{ at: 1_764_000_000_000 }],
  ])("%j runs once", (when) => {
    expect(understood("cron_add", { prompt: "x", ...when })).toEqual({
      prompt: "x",
      at: 1_764_000_000_000,
    })
  })

  test.each([
    [{ schedule: { type: "cron", expr: "0 0 9 * * *", tz: "Asia/Shanghai" } }],
    [{ cron: "0 0 9 * * *", tz: "Asia/Shanghai" }],
    [{ cron: "0 0 9 * * *", schedule: { type: "cron", expr: "0 0 9 * * *" }, tz: "Asia/Shanghai" }],
  ])("%j follows the calendar", (when) => {
    expect(understood("cron_add", { prompt: "x", ...when })).toEqual({
      prompt: "x",
      cron: "0 0 9 * * *",
      tz: "Asia/Shanghai",
    })
  })

  test("the anchor of an interval is kept", () => {
    const schedule = { type: "every", every_ms: 60_000, anchor_at: "1764000000000" }
    expect(understood("cron_add", { prompt: "x", schedule })).toEqual({
      prompt: "x",
      schedule: { type: "every", every_ms: 60_000, anchor_at: 1_764_000_000_000 },
    })
  })
})

describe("policy", () => {
  test("keys in any dress, texts as numbers, a mode as a word", () => {
    const policy = { timeoutMs: "60000", "on_interrupt ": "skip", catchUp: "latest", gate: "" }
    expect(understood("cron_add", { ...digest, policy })).toEqual({
      ...digest,
      policy: { timeout_ms: 60_000, on_interrupt: "skip", catch_up: { mode: "latest" } },
    })
  })
})
