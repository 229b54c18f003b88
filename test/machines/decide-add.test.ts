import { describe, expect, test } from "vitest"
import { initial } from "../../machines/table.ts"
import { factsOf, given } from "../kit/given.ts"
import { defaultPolicy } from "../../machines/policy.ts"
import {
  added,
  addJob,
  agent,
  at,
  day,
  minute,
  noon,
  otherChat,
  planner,
  removed,
  second,
} from "../kit/samples.ts"

describe("add-job", () => {
  test("refuses an id that a job has, or had", () => {
    given(added()).when(addJob(), at(noon)).isRefused("exists")
    given(added(), removed("manual", noon))
      .when(addJob(), at(noon))
      .isRefused("exists", /removed/)
  })

  test("refuses a key that a job holds, and names the job (behaviour 44)", () => {
    const refusal = given()
      .when(addJob({ key: "digest" }), at(noon, { keyOwner: "job_other" }))
      .isRefused("exists", /"digest".*job_other/)

    expect(refusal.matches).toEqual(["job_other"])
  })

  test("a key that is held answers before anything else is looked at (behaviour 44)", () => {
    const again = addJob({ key: "digest", schedule: { at: noon - day } })

    given()
      .when(again, at(noon, { keyOwner: "job_other" }))
      .isRefused("exists")
  })

  test.each([
    ["prompt", { prompt: "" }, /prompt is required/],
    ["prompt of blanks", { prompt: " \n" }, /prompt is required/],
    ["chat", { chatId: "" }, /chat_id is required/],
  ])("refuses a missing %s (behaviour 83)", (_, changes, words) => {
    given().when(addJob(changes), at(noon)).isRefused("invalid-input", words)
  })

  test("refuses a channel that is not configured and lists those that are (behaviour 82)", () => {
    const refusal = given()
      .when(addJob({ channel: "smoke" }), at(noon))
      .isRefused("unknown-channel", /Unknown channel "smoke"/)

    expect(refusal.matches).toEqual(["cli_chat", "file"])
  })

  test("refuses a schedule that has passed, never fires or cannot be read", () => {
    given()
      .when(addJob({ schedule: { at: noon - 5 * minute } }), at(noon))
      .isRefused("in-past")
    given()
      .when(addJob({ schedule: { cron: "0 0 30 2 *" } }), at(noon))
      .isRefused("never-fires")
    given()
      .when(addJob({ schedule: { cron: "60 * * * *" } }), at(noon))
      .isRefused("invalid-schedule")
    given()
      .when(addJob({ schedule: { cron: "0 9 * * *", tz: "CST" } }), at(noon))
      .isRefused("unknown-zone")
  })

  test("refuses a policy that this release does not carry out", () => {
    given()
      .when(addJob({ policy: { session: "isolated" } }), at(noon))
      .isRefused("invalid-input", /not available in this release/)
  })

  test("refuses a scheduled run that schedules, and tells the model why (behaviour 45)", () => {
    const by = { ...agent, runId: "run_9" }
    const refusal = given()
      .when(addJob(), at(noon, { by }))
      .isRefused("self-scheduling", /run_9/, /for ever/)

    expect(refusal.hint).toMatch(/Do not try again/)
    given()
      .when(addJob(), at(noon, { by, runMayWrite: false }))
      .isRefused("self-scheduling")
    expect(factsOf(initial, addJob(), at(noon, { by, runMayWrite: true }))).toHaveLength(1)
  })

  test("refuses an agent that makes a job in another chat's name", () => {
    given()
      .when(addJob({ owner: otherChat }), at(noon, { by: agent }))
      .isRefused("forbidden")
  })

  test("records everything resolved, with the first plan", () => {
    given()
      .when(addJob({ key: "digest", schedule: { every: "1h", anchorAt: noon } }), at(noon - minute))
      .records({
        ...added({ key: "digest", name: "Summarise my inbox.", policy: defaultPolicy }),
        plan: { revision: 1, after: noon - minute, dueAt: noon, wakeAt: noon, planner },
      })
  })

  test("a time within the last minute is accepted and starts at once (behaviour 14)", () => {
    const dueAt = noon - 30 * second
    const [fact] = factsOf(initial, addJob({ schedule: { at: dueAt } }), at(noon))

    expect(fact).toMatchObject({ plan: { revision: 1, after: dueAt - 1, dueAt, wakeAt: noon } })
  })

  test("a name is the first 50 characters of the prompt, cut on a code point (behaviour 80)", () => {
    const prompt = "👩‍🚀".repeat(40)
    const [fact] = factsOf(initial, addJob({ prompt }), at(noon))

    expect(fact).toMatchObject({ name: Array.from(prompt).slice(0, 50).join("") })
    expect(factsOf(initial, addJob({ prompt: "short", name: " " }), at(noon))).toMatchObject([
      { name: "short" },
    ])
    expect(factsOf(initial, addJob({ prompt: "x", name: "digest" }), at(noon))).toMatchObject([
      { name: "digest" },
    ])
  })
})
