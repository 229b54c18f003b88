import { describe, expect, test } from "vitest"
import { entryOf, fixture, inputOf, read, reasonOf } from "./reading.ts"

const { entries, notes } = read("hermes", fixture("hermes.json"))
const entry = (ref: string) => entryOf(entries, ref)

describe("a job of Hermes becomes nothing", () => {
  test.each([
    ["script", /runs a script and asks no model/],
    ["done", /was to run 3 times, and that has happened/],
    ["odd", /"every 5m" is of no kind/],
  ])("%s", (ref, why) => {
    expect(reasonOf(entry(ref))).toMatch(why)
  })
})

describe("a job of Hermes becomes a job", () => {
  test("in step with the next run it had planned", () => {
    expect(entry("ab12cd34ef56").job).toEqual({
      input: {
        name: "session digest",
        prompt: "Summarise what happened in the last half hour.",
        model: "large",
        key: "hermes/ab12cd34ef56",
        schedule: {
          type: "every",
          every_ms: 1_800_000,
          anchor_at: Date.UTC(2026, 10, 24, 10, 10),
          tz: "Europe/Vienna",
        },
      },
      deliverTo: { channel: "telegram", chatId: "4711" },
    })
  })

  test("and says what is not taken over, bookkeeping aside", () => {
    const said = entry("ab12cd34ef56").notes
    expect(said).toContain('skills ["digest"] is not taken over: the agent has its own skills.')
    expect(said.join()).toMatch(/provider[^]*enabled_toolsets[^]*thread 9/)
    expect(said.join()).not.toMatch(/repeat|origin |next_run_at|created_at/)
  })

  test("that was paused is one that was off; of several chats the first is taken", () => {
    const weekly = entry("c0ffee")
    expect(weekly.wasEnabled).toBe(false)
    expect(weekly.job).toMatchObject({ deliverTo: { channel: "cli_chat", chatId: "desk" } })
    expect(weekly.notes.join()).toMatch(/also went to "telegram:5"/)
    expect(inputOf(weekly)).toMatchObject({ cron: "0 9 * * mon", tz: "Europe/Vienna" })
  })

  test("once, at the instant it says, and its one run needs no bound", () => {
    expect(inputOf(entry("once"))).toMatchObject({ at: "2026-12-24T18:00:00+01:00" })
    expect(inputOf(entry("once"))).not.toHaveProperty("policy")
    expect(entry("once").notes.join()).toContain("stayed in files")
  })

  test("with the runs that are left to it", () => {
    const job = {
      id: "r",
      prompt: "x",
      schedule: { kind: "cron", expr: "0 9 * * *" },
      repeat: { times: 5, completed: 2 },
    }
    const [read1] = read("hermes", JSON.stringify({ jobs: [job] })).entries
    expect(read1 && inputOf(read1).policy).toEqual({ runs_max: 3 })
  })

  test("in the one zone that Hermes has, which is said", () => {
    expect(notes.join()).toContain("Europe/Vienna")
  })
})
