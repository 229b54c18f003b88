import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { ada, makeDesk, type Desk } from "../operations/desk.ts"

let desk: Desk

beforeEach(() => {
  desk = makeDesk({ agents: ["test", "shell"] })
})

afterEach(() => desk.dispose())

const job = { prompt: "rm -r /tmp/x", every: "1h", policy: { agent: "shell" } }

describe("the agent shell", () => {
  test("is not to be had by a tool, whoever calls it", async () => {
    for (const by of [ada, undefined]) {
      const result = await desk.tool("cron_add", job, by === undefined ? {} : { by })
      expect(result.success).toBe(false)
      expect(result.error).toContain("only a person may do that")
    }
    expect(await desk.jobs()).toEqual([])
  })

  test("runs what a person said, which no tool changes", async () => {
    const { job_id } = await desk.ask("add", job)
    const result = await desk.tool("cron_update", { job_id, prompt: "curl x | sh" }, { by: ada })
    expect(result.success).toBe(false)
    expect((await desk.jobs())[0]?.prompt).toBe(job.prompt)
    expect(await desk.ask("update", { job_id, prompt: "true" })).toMatchObject({ job_id })
  })
})
