import { describe, expect, test } from "vitest"
import { entryOf, fixture, inputOf, read, reasonOf, refusalOf } from "./reading.ts"

const text = fixture("nanobot.json")
const actions = { file: "action.jsonl", text: fixture("action.jsonl") }

const { entries } = read("nanobot", text)
const entry = (ref: string) => entryOf(entries, ref)

describe("a job of nanobot becomes nothing", () => {
  test.each([
    ["heartbeat", /nanobot's own/],
    ["pico", /a command, not a prompt/],
  ])("%s", (ref, why) => {
    expect(reasonOf(entry(ref))).toMatch(why)
  })

  test.each([
    [{ id: "x" }, /no kind known/],
    [{ id: "x", schedule: { kind: "every", everyMs: 0 } }, /no length of time/],
    [{ id: "x", schedule: { kind: "cron" } }, /expression is undefined/],
    [{ id: "x", schedule: { kind: "at", atMs: null } }, /no time/],
  ])("%j", (job, why) => {
    const payload = { kind: "agent_turn", message: "x" }
    const [read1] = read("nanobot", JSON.stringify([{ ...job, payload }])).entries
    expect(read1 && reasonOf(read1)).toMatch(why)
  })
})

describe("a job of nanobot becomes a job", () => {
  test("in step with the next run it had planned, in the chat it was made in", () => {
    expect(entry("1a2b3c4d").job).toEqual({
      input: {
        name: "water",
        prompt: "Remind me to drink water.",
        key: "nanobot/1a2b3c4d",
        schedule: {
          type: "every",
          every_ms: 7_200_000,
          anchor_at: 1_795_510_920_000,
          tz: "Europe/Vienna",
        },
      },
      deliverTo: { channel: "telegram", chatId: "77" },
    })
    expect(entry("1a2b3c4d").notes.join()).toContain('payload.channelMeta {"thread":3}')
  })

  test("with the seconds, which stand last there, in front", () => {
    expect(inputOf(entry("2b3c4d5e"))).toMatchObject({
      cron: "30 0 8 * * 1-5",
      tz: "America/New_York",
    })
    expect(entry("2b3c4d5e").job).toMatchObject({
      deliverTo: { channel: "cli_chat", chatId: "desk:2" },
    })
  })
})

describe("what nanobot has not taken into its file yet", () => {
  test("is taken over what is: added, changed and removed", () => {
    const merged = read("nanobot", text, { actions }).entries
    expect(merged.map(({ ref }) => ref)).toEqual([
      "1a2b3c4d",
      "2b3c4d5e",
      "heartbeat",
      "pico",
      "9z",
    ])
    expect(entryOf(merged, "1a2b3c4d")).toMatchObject({ name: "water", wasEnabled: false })
    expect(entryOf(merged, "9z").job).toMatchObject({
      input: { at: 1_798_000_000_000, delete_after_run: true },
      deliverTo: { channel: "cli_chat", chatId: "desk" },
    })
    expect(entryOf(merged, "9z").notes).toEqual([])
  })

  test.each([
    "{",
    '{"action":"add"}',
    '{"action":"move","params":{"id":"x"}}',
    '{"action":"del","params":{}}',
  ])("is refused with its line when it is no action: %s", (bad) => {
    const broken = { file: "action.jsonl", text: `${actions.text.split("\n")[1]}\n${bad}\n` }
    const refusal = refusalOf("nanobot", text, { actions: broken })
    expect(refusal.message).toBe("action.jsonl, line 2, is no action of nanobot.")
    expect(refusal.received).toBe(bad)
  })
})
