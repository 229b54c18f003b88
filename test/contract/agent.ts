import { Effect, Exit, Fiber } from "effect"
import { describe, expect, test } from "vitest"
import type { ErrorClass } from "../../events/run.ts"
import type { RunOutcome } from "../../machines/command.ts"
import type { Agent, AgentHooks, AgentProcess, AgentRequest } from "../../src/run/agent.ts"

/** What a test of an agent needs of it. What an adapter cannot do is absent. */
export interface AgentTrial {
  /** Answers with the prompt. */
  readonly repeating: () => Agent
  /** Fails, in each of these ways. */
  readonly failing?: { readonly [Class in ErrorClass]?: () => Agent }
  /** Starts work and goes on until it is ended. */
  readonly hanging?: () => {
    readonly agent: Agent
    readonly started: () => Promise<void>
    /** Whether anything it started is still going on. */
    readonly busy: () => Promise<boolean>
  }
}

export const request: AgentRequest = {
  jobId: "job_1",
  jobName: "Morning digest",
  runId: "run_1",
  prompt: "What is new?",
  model: null,
  channel: "cli_chat",
  chatId: "default",
  dueAt: Date.parse("2026-12-01T09:00:00Z"),
  attempt: 1,
  trigger: "schedule",
  deadlineAt: Date.parse("2026-12-01T09:10:00Z"),
}

/** Hooks that remember what they were told. */
export const listening = () => {
  const spawned: Array<AgentProcess> = []
  const late: Array<RunOutcome> = []
  const hooks: AgentHooks = {
    spawned: (process) => Effect.sync(() => void spawned.push(process)),
    answeredLate: (outcome) => Effect.sync(() => void late.push(outcome)),
  }
  return { hooks, spawned, late }
}

export const answerOf = async (agent: Agent, asked: Partial<AgentRequest> = {}) =>
  await Effect.runPromise(agent.run({ ...request, ...asked }, listening().hooks))

export const failureOf = async (agent: Agent, asked: Partial<AgentRequest> = {}) =>
  await Effect.runPromise(Effect.flip(agent.run({ ...request, ...asked }, listening().hooks)))

/** What every agent must do, whatever it is made of. */
export const agentContract = (name: string, trial: AgentTrial) => {
  describe(`agent contract: ${name}`, () => {
    failures(trial)
    if (trial.hanging !== undefined) endsAllItStarted(trial.hanging)
    answers(trial)
  })
}

const failures = ({ failing = {}, repeating }: AgentTrial) => {
  for (const [errorClass, make] of Object.entries(failing)) {
    test(`says that it failed, and that this is ${errorClass}`, async () => {
      const failure = await failureOf(make())
      expect(failure._tag).toBe("AgentFailed")
      expect(failure.class).toBe(errorClass)
      expect(failure.name).not.toBe("")
      expect(failure.message).not.toBe("")
    })
  }

  test("ends nothing that it cannot prove to be its own", async () => {
    const strangers = [0, 1, -1, process.pid, 2 ** 31 - 1, 1.5, Number.NaN]
    for (const pid of strangers) {
      const reaped = await Effect.runPromise(repeating().reap({ pid, startedAt: 0 }, "run_1"))
      expect(reaped).toBe(false)
    }
  })
}

const endsAllItStarted = (hanging: NonNullable<AgentTrial["hanging"]>) => {
  test("ends all that it started before an interruption is done, and says nothing later (behaviour 41)", async () => {
    const { agent, started, busy } = hanging()
    const { hooks, late } = listening()
    const fiber = Effect.runFork(agent.run(request, hooks))
    await started()
    expect(await busy()).toBe(true)

    await Effect.runPromise(Fiber.interrupt(fiber))
    expect(await busy()).toBe(false)
    expect(Exit.hasInterrupts(await Effect.runPromise(Fiber.await(fiber)))).toBe(true)
    expect(late).toEqual([])
  })
}

const answers = ({ repeating }: AgentTrial) => {
  test("answers with exactly the text, whatever is in it", async () => {
    const text = "„Grüß Gott“ 👩‍👩‍👧 \u0000 \u001b[31m 中文\n\n  indented\ttab"
    expect((await answerOf(repeating(), { prompt: text })).text).toBe(text)
  })

  test("answers at length, with no character cut at a border", async () => {
    const prompt = `a${"😀é中".repeat(300_000)}`
    expect((await answerOf(repeating(), { prompt })).text === prompt).toBe(true)
  })

  test("takes an empty prompt", async () => {
    expect((await answerOf(repeating(), { prompt: "" })).text).toBe("")
  })

  test("keeps runs that are open at once apart", async () => {
    const agent = repeating()
    const prompts = ["one", "two", "three", "four"]
    const texts = await Promise.all(prompts.map((prompt) => answerOf(agent, { prompt })))
    expect(texts.map(({ text }) => text)).toEqual(prompts)
  })

  test("tells of its process once at most, before it answers", async () => {
    const { hooks, spawned } = listening()
    await Effect.runPromise(repeating().run(request, hooks))
    expect(spawned.length).toBeLessThanOrEqual(1)
  })
}
