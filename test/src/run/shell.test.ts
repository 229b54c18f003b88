import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect, Fiber } from "effect"
import { afterAll, describe, expect, test } from "vitest"
import { shellAgent } from "../../../src/run/shell.ts"
import { answerOf, failureOf, listening, request } from "../../contract/agent.ts"
import { eventually, isRunning, pidsIn } from "./processes.ts"

const folder = mkdtempSync(join(tmpdir(), "horolog-shell-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const agent = shellAgent({ cwd: folder, env: { GREETING: "hello" } })

describe("the agent shell", () => {
  test("fails with the exit code, and with what was written", async () => {
    const failure = await failureOf(agent, { prompt: "echo half; echo broken >&2; exit 3" })
    expect(failure).toMatchObject({ name: "ExitCode", class: "fatal" })
    expect(failure.message).toMatch(/exit code 3[^]*half\nbroken/)
  })

  test("fails on what no shell can read", async () => {
    const failure = await failureOf(agent, { prompt: "if then" })
    expect(failure.message).toMatch(/syntax error/i)
  })

  test("may ask to be tried again", async () => {
    expect(await failureOf(agent, { prompt: "exit 75" })).toMatchObject({ class: "retryable" })
  })

  test("answers with all that was written, errors too, in order", async () => {
    const { text } = await answerOf(agent, { prompt: "echo one; echo two >&2; echo three" })
    expect(text).toBe("one\ntwo\nthree")
  })

  test("takes the prompt for a script as it stands, and gives it no input", async () => {
    const prompt = `cat; pwd; echo "$GREETING {model} $HOROLOG_RUN"\ncat <<'END'\n\`$x\` it's\nEND`
    const { text } = await answerOf(agent, { prompt, model: "small" })
    expect(text).toBe(`${folder}\nhello {model} ${request.runId}\n\`$x\` it's`)
  })

  test("runs nothing before its process is recorded", async () => {
    const mark = join(folder, "mark")
    const seen: Array<boolean> = []
    const hooks = {
      ...listening().hooks,
      spawned: () =>
        Effect.promise(async () => {
          await new Promise((resolve) => setTimeout(resolve, 50))
          seen.push(exists(mark))
        }),
    }
    await Effect.runPromise(agent.run({ ...request, prompt: `echo ran > ${mark}` }, hooks))
    expect(seen).toEqual([false])
    expect(exists(mark)).toBe(true)
  })

  test("ends all that a command started when it is interrupted", async () => {
    const pids = join(folder, "pids")
    const prompt = `sleep 60 & echo $! > ${pids}; echo $$ >> ${pids}; wait`
    const fiber = Effect.runFork(agent.run({ ...request, prompt }, listening().hooks))
    const started = await pidsIn(pids, 2)
    expect(started).toHaveLength(2)
    await Effect.runPromise(Fiber.interrupt(fiber))
    await eventually(
      async () => !(await Promise.all(started.map(isRunning))).some(Boolean),
      "nothing of it is alive",
    )
  })
})

const exists = (path: string): boolean => {
  try {
    return readFileSync(path, "utf8") === "ran\n"
  } catch {
    return false
  }
}
