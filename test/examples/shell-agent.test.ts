import { fileURLToPath } from "node:url"
import { expect, test } from "vitest"
import { commandAgent } from "../../src/run/command.ts"
import { answerOf, failureOf } from "../contract/agent.ts"

const program = fileURLToPath(new URL("../../examples/shell-agent.sh", import.meta.url))
const agent = commandAgent({ name: "shell", argv: [program] })

test("the example in shell refuses an empty prompt, and asks to be tried later", async () => {
  expect(await failureOf(agent, { prompt: "" })).toMatchObject({ class: "fatal" })
  const later = await failureOf(agent, { prompt: "later, please" })
  expect(later.class).toBe("retryable")
  expect(later.message).toContain("Not now.")
})

test("the example in shell answers", async () => {
  expect((await answerOf(agent, { prompt: "a `b` $c\nd" })).text).toBe("You asked: a `b` $c\nd")
  expect((await answerOf(agent, { prompt: "How full is the disk?" })).text).toContain("/")
  expect((await answerOf(agent, { prompt: "who asks" })).text).toBe(
    "Job job_1, run run_1, due 2026-12-01T09:00:00.000Z, for cli_chat/default.",
  )
})
