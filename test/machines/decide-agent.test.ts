import { describe, expect, test } from "vitest"
import { initial } from "../../machines/table.ts"
import { factsOf, given } from "../kit/given.ts"
import { added, addJob, agent, at, minute, noon, second, withPolicy } from "../kit/samples.ts"

const agents = ["claw", "shell"]
const shell = withPolicy({ agent: "shell" })

describe("the agent a job names", () => {
  test("is refused when there is none of that name, on add and on update", () => {
    const refusal = given()
      .when(addJob({ policy: { agent: "clow" } }), at(noon, { agents }))
      .isRefused("invalid-input", /no agent "clow"/)
    expect(refusal.matches).toEqual(agents)

    given(added())
      .when(
        { type: "update-job", jobId: "job_digest", policy: { agent: "clow" } },
        at(noon, { agents }),
      )
      .isRefused("invalid-input", /no agent "clow"/)
  })

  test("says how to switch the agent shell on", () => {
    const refusal = given()
      .when(addJob({ policy: { agent: "shell" } }), at(noon, { agents: ["claw"] }))
      .isRefused("invalid-input")
    expect(refusal.hint).toContain("[agent.shell]")
  })

  test("is never shell by the wish of a model, nor from inside a run", () => {
    const policy = { agent: "shell" }
    const anna = { kind: "user", id: "anna" } as const
    for (const by of [agent, { ...anna, runId: "run_9" }, { ...anna, toolCallId: "t" }]) {
      given()
        .when(addJob({ policy }), at(noon, { by, agents, runMayWrite: true }))
        .isRefused("forbidden", /only a person/)
      given(added())
        .when(
          { type: "update-job", jobId: "job_digest", policy },
          at(noon, { by, agents, runMayWrite: true }),
        )
        .isRefused("forbidden", /only a person/)
    }
  })

  test("shell keeps a model from saying what it runs", () => {
    given(added(shell))
      .when(
        { type: "update-job", jobId: "job_digest", prompt: "rm -r /" },
        at(noon, { by: agent, agents }),
      )
      .isRefused("forbidden", /command lines/)
  })

  test("is recorded when a person names one that is there", () => {
    const [fact] = factsOf(initial, addJob({ policy: { agent: "shell" } }), at(noon, { agents }))
    expect(fact).toMatchObject({ type: "job.added", policy: { agent: "shell" } })
  })

  test("is not asked for again when something else changes", () => {
    given(added(shell))
      .when({ type: "update-job", jobId: "job_digest", name: "other" }, at(noon, { agents: [] }))
      .leadsTo("enabled")
  })
})

describe("a job that is added disabled", () => {
  test("is disabled in the same append, with its plan superseded", () => {
    const facts = factsOf(initial, addJob({ enabled: false, schedule: { every: "1h" } }), at(noon))
    expect(facts.map(({ type }) => type)).toEqual(["job.added", "job.disabled"])
    expect(facts[1]).toMatchObject({ reason: "manual", previousDueAt: noon + 60 * minute })
    given()
      .when(addJob({ enabled: false, schedule: { every: "1h" } }), at(noon))
      .leadsTo("disabled")
  })

  test("skips the occurrence that was due already", () => {
    const schedule = { at: noon - 30 * second }
    const facts = factsOf(initial, addJob({ enabled: false, schedule }), at(noon))
    expect(facts.map(({ type }) => type)).toEqual([
      "job.added",
      "occurrences.skipped",
      "job.disabled",
    ])
  })

  test("is refused for what any other job is refused for", () => {
    given()
      .when(addJob({ enabled: false, schedule: { at: noon - 5 * minute } }), at(noon))
      .isRefused("in-past")
  })
})
