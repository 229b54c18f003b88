import { describe, expect, test } from "vitest"
import type { AddJob } from "../../../machines/command.ts"
import * as MemoryLog from "../../../src/log/memory.ts"
import { makeWorld } from "../../kit/world.ts"

const addJob: AddJob = {
  type: "add-job",
  jobId: "job_1",
  owner: { channel: "cli_chat", chatId: "default" },
  prompt: "Say hello.",
  schedule: { every: "1h" },
  channel: "cli_chat",
  chatId: "default",
}

describe("a command that is repeated before it is answered", () => {
  test("gets the answer of the first, and happens once (behaviour 44)", async () => {
    const world = makeWorld({ log: MemoryLog.yieldingLayer })
    await world.start()
    const answers = await Promise.all(
      [1, 2, 3].map(() => world.dispatch(addJob, undefined, "add-once")),
    )
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
    expect(await world.story()).toEqual(["job.added"])
    await world.stop()
    await world.dispose()
  })
})
