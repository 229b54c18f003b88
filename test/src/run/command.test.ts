import { chmodSync, existsSync, readdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { Effect, Exit, Fiber } from "effect"
import { describe, expect, test } from "vitest"
import { commandAgent, type CommandAgentOptions } from "../../../src/run/command.ts"
import { carries, lookUp } from "../../../src/run/process-table.ts"
import { agentContract, answerOf, failureOf, listening, request } from "../../contract/agent.ts"
import { eventually, folder, isRunning, linesOf, pidsIn } from "./processes.ts"

/** An agent that is a small script; `args` are its `process.argv` from 1 on. */
const scripted = (
  script: string,
  options: Partial<CommandAgentOptions> & { readonly args?: ReadonlyArray<string> } = {},
) => {
  const { args = [], ...rest } = options
  const argv = [process.execPath, "-e", script, "--", ...args]
  return commandAgent({ name: "scripted", argv, ...rest })
}

const shell = (script: string, options: Partial<CommandAgentOptions> = {}) =>
  commandAgent({ name: "shell", argv: ["/bin/sh", "-c", script], ...options })

/** Starts a grandchild, notes both process ids, and never ends. */
const family = (pids: string) => `
  const { spawn } = require("node:child_process")
  const grandchild = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"])
  require("node:fs").writeFileSync(${JSON.stringify(pids)}, process.pid + "\\n" + grandchild.pid + "\\n")
  setInterval(() => {}, 1000)`

agentContract("command", {
  repeating: () => scripted("process.stdin.pipe(process.stdout)"),
  failing: {
    fatal: () => scripted("process.exit(3)"),
    retryable: () => scripted("process.exit(75)"),
  },
  hanging: () => {
    const pids = join(folder(), "pids")
    return {
      agent: scripted(family(pids)),
      started: async () => void (await pidsIn(pids, 2)),
      busy: async () => (await Promise.all((await pidsIn(pids, 2)).map(isRunning))).some(Boolean),
    }
  },
})

describe("a program that cannot be started", () => {
  test("is not there: says where it was looked for", async () => {
    const agent = commandAgent({ name: "a", argv: ["no-such-agent"], env: { PATH: "/nowhere" } })
    const failure = await failureOf(agent)
    expect(failure).toMatchObject({ name: "ProgramNotFound", class: "fatal" })
    expect(failure.message).toContain("no-such-agent in PATH (/nowhere)")
  })

  test("is a path to nothing", async () => {
    const failure = await failureOf(commandAgent({ name: "a", argv: ["/no/such/agent"] }))
    expect(failure).toMatchObject({ name: "ProgramNotFound", class: "fatal" })
  })

  test("may not be executed", async () => {
    const file = join(folder(), "agent.txt")
    writeFileSync(file, "hello")
    chmodSync(file, 0o600)
    const failure = await failureOf(commandAgent({ name: "a", argv: [file] }))
    expect(failure).toMatchObject({ name: "ProgramNotExecutable", class: "fatal" })
    expect(failure.message).toContain("chmod +x")
  })

  test("has a folder that is missing, or is none", async () => {
    for (const cwd of ["/no/such/folder", process.execPath]) {
      const failure = await failureOf(scripted("", { cwd }))
      expect(failure).toMatchObject({ name: "FolderNotFound", class: "fatal" })
      expect(failure.message).toContain(cwd)
    }
  })

  test("has an empty argv, or one the system does not take", async () => {
    expect(await failureOf(commandAgent({ name: "a", argv: [] }))).toMatchObject({
      name: "NoProgram",
      class: "fatal",
    })
    expect(await failureOf(scripted("", { args: ["\0"] }))).toMatchObject({
      name: "ProgramNotStarted",
      class: "fatal",
    })
  })
})

describe("a program that gives no answer", () => {
  test("leaves its exit code and the end of its standard error", async () => {
    const failure = await failureOf(
      scripted(
        `process.stderr.write("a".repeat(5000) + "é".repeat(1990) + " the end.\\n", () => process.exit(3))`,
      ),
    )
    expect(failure).toMatchObject({ name: "ExitCode", class: "fatal" })
    expect(failure.message).toContain("ended with exit code 3")
    expect(failure.message).toMatch(/[^a]a?é{1990} the end\.$/)
    expect(Array.from(failure.message).length).toBeLessThan(2_100)
  })

  test("leaves the end of its output where it wrote no errors", async () => {
    const failure = await failureOf(shell("echo no key given; exit 1"))
    expect(failure.message).toContain("the end of its output:\nno key given")
  })

  test("asks to be tried again with exit code 75", async () => {
    expect(await failureOf(shell("exit 75"))).toMatchObject({ class: "retryable" })
  })

  test("is worth another try when somebody killed it, and not when it broke", async () => {
    const killed = await failureOf(shell("kill -KILL $$"))
    expect(killed).toMatchObject({ name: "KilledBySignal", class: "retryable" })
    expect(killed.message).toContain("SIGKILL")
    expect(await failureOf(shell("kill -SEGV $$"))).toMatchObject({ class: "fatal" })
  })

  test("is ended when it answers without end", async () => {
    const { hooks, spawned } = listening()
    const agent = shell("yes", { answerBytesMax: 100_000 })
    const failure = await Effect.runPromise(Effect.flip(agent.run(request, hooks)))
    expect(failure).toMatchObject({ name: "AnswerTooLong", class: "fatal" })
    expect(failure.message).toContain("more than 100000 bytes")
    expect(await isRunning(spawned[0]?.pid as number)).toBe(false)
  })

  test("may answer with exactly as much as it may", async () => {
    const agent = scripted(`process.stdout.write("x".repeat(100_000))`, { answerBytesMax: 100_000 })
    expect((await answerOf(agent)).text.length).toBe(100_000)
  })
})

describe("the model", () => {
  const saysModel = `process.stdout.write(process.argv.slice(1).join(" ") + "|" + process.env.HOROLOG_MODEL)`
  const withModel = (options: Partial<CommandAgentOptions> = {}) =>
    scripted(saysModel, { args: ["--model={model}", "{model}"], ...options })

  test("is asked for and there is none: the run fails and says how to mend it", async () => {
    const failure = await failureOf(withModel())
    expect(failure).toMatchObject({ name: "NoModel", class: "fatal" })
    expect(failure.message).toContain("Give the job a model")
  })

  test("never becomes an option of the program", async () => {
    for (const model of ["--dangerously-allow-all", "a\0b"]) {
      expect(await failureOf(withModel(), { model })).toMatchObject({
        name: "StrangeModel",
        class: "fatal",
      })
    }
  })

  test("is the job's, else the agent's default", async () => {
    const agent = withModel({ defaultModel: "small" })
    expect((await answerOf(agent, { model: "large" })).text).toBe("--model=large large|large")
    expect((await answerOf(agent)).text).toBe("--model=small small|small")
  })

  test("is taken letter by letter", async () => {
    const model = "$& $1 {model} `id` ; rm"
    expect((await answerOf(withModel(), { model })).text).toBe(`--model=${model} ${model}|${model}`)
  })

  test("reaches a program without the placeholder through its environment", async () => {
    const agent = scripted(saysModel)
    expect((await answerOf(agent, { model: "large" })).text).toBe("|large")
    expect((await answerOf(agent)).text).toBe("|")
  })
})

describe("what a program is told", () => {
  test("is the run, in its environment, over what is configured", async () => {
    const names = [
      "HOROLOG_JOB_ID",
      "HOROLOG_RUN",
      "HOROLOG_DUE_AT",
      "HOROLOG_CHANNEL",
      "HOROLOG_CHAT_ID",
      "MINE",
    ]
    const agent = scripted(
      `process.stdout.write(JSON.stringify(${JSON.stringify(names)}.map((name) => process.env[name])))`,
      { env: { MINE: "yes", HOROLOG_RUN: "another" } },
    )
    expect(JSON.parse((await answerOf(agent)).text)).toEqual([
      "job_1",
      "run_1",
      "2026-12-01T09:00:00.000Z",
      "cli_chat",
      "default",
      "yes",
    ])
  })

  test("is the environment of this process too, and its folder is the one configured", async () => {
    const cwd = folder()
    const agent = scripted(`process.stdout.write(process.cwd() + " " + process.env.PATH)`, { cwd })
    const { text } = await answerOf(agent)
    expect(text.endsWith(`${cwd} ${process.env["PATH"]}`)).toBe(true)
  })

  test("need not be read: an agent that closes its input still answers", async () => {
    const agent = shell("exec 0<&-; echo done")
    expect((await answerOf(agent, { prompt: "x".repeat(5_000_000) })).text).toBe("done")
  })

  test("comes after its process is known, and durable", async () => {
    const heard = join(folder(), "heard")
    const agent = scripted(
      `process.stdin.once("data", () => require("node:fs").writeFileSync(${JSON.stringify(heard)}, ""))
       process.stdin.resume()
       process.stdin.on("end", () => process.stdout.write("ok"))`,
    )
    const { hooks } = listening()
    const seen: Array<unknown> = []
    const spawned: typeof hooks.spawned = (child) =>
      Effect.promise(async () => {
        const entry = await lookUp(child.pid)
        seen.push(existsSync(heard), child.startedAt === (entry?.startedAt ?? null))
      })
    const { text } = await Effect.runPromise(agent.run(request, { ...hooks, spawned }))
    expect(text).toBe("ok")
    expect(seen).toEqual([false, true])
    expect(existsSync(heard)).toBe(true)
  })
})

describe("an answer", () => {
  test("loses its last newlines, and nothing else", async () => {
    expect((await answerOf(shell("printf '\\n a b \\r\\n\\n'"))).text).toBe("\n a b ")
  })

  test("is kept where standard error was written too", async () => {
    expect((await answerOf(shell("echo thinking >&2; echo answer"))).text).toBe("answer")
  })

  test("with a character written in two halves is whole", async () => {
    const agent = scripted(`
      const bytes = Buffer.from("a😀b")
      process.stdout.write(bytes.subarray(0, 3), () =>
        setTimeout(() => process.stdout.write(bytes.subarray(3)), 20))`)
    expect((await answerOf(agent)).text).toBe("a😀b")
  })

  test("does not wait for a process that was left behind, which is ended", async () => {
    const pids = join(folder(), "pids")
    const agent = shell(`sleep 1000 & echo $! > ${pids}; echo answer`)
    expect((await answerOf(agent)).text).toBe("answer")
    const [left] = await pidsIn(pids, 1)
    expect(await isRunning(left as number)).toBe(false)
  })
})

describe("an end by force", () => {
  const deaf = (pids: string) => `trap '' TERM; echo $$ > ${pids}; while :; do sleep 1; done`

  test("comes to a program that does not listen, after the grace", async () => {
    const pids = join(folder(), "pids")
    const fiber = Effect.runFork(
      shell(deaf(pids), { killGraceMs: 50 }).run(request, listening().hooks),
    )
    const [pid] = await pidsIn(pids, 1)
    await Effect.runPromise(Fiber.interrupt(fiber))
    expect(await isRunning(pid as number)).toBe(false)
  })

  test("does not come to a program that ends by itself within the grace", async () => {
    const notes = join(folder(), "notes")
    const agent = scripted(`
      const { appendFileSync } = require("node:fs")
      process.on("SIGTERM", () => setTimeout(() => {
        appendFileSync(${JSON.stringify(notes)}, "tidied up\\n")
        process.exit(0)
      }, 30))
      appendFileSync(${JSON.stringify(notes)}, "ready\\n")
      setInterval(() => {}, 1000)`)
    const fiber = Effect.runFork(agent.run(request, listening().hooks))
    await eventually(() => linesOf(notes), "the agent is ready")
    await Effect.runPromise(Fiber.interrupt(fiber))
    expect(linesOf(notes)).toEqual(["ready", "tidied up"])
  })

  test.skipIf(process.platform !== "linux")(
    "comes to a program that was only just being started (Linux only, skipped elsewhere)",
    async () => {
      const runId = "run_interrupted_at_once"
      const agent = scripted("setInterval(() => {}, 1000)")
      const fiber = Effect.runFork(agent.run({ ...request, runId }, listening().hooks))
      await Effect.runPromise(Fiber.interrupt(fiber))
      const running = readdirSync("/proc").filter((pid) =>
        carries(Number(pid), `HOROLOG_RUN=${runId}`),
      )
      expect(running).toEqual([])
    },
  )

  test("comes when what is told of the process cannot be recorded", async () => {
    const { hooks } = listening()
    const pids: Array<number> = []
    const spawned: typeof hooks.spawned = ({ pid }) => {
      pids.push(pid)
      return Effect.die("the log is closed")
    }
    const exit = await Effect.runPromiseExit(
      scripted("setInterval(() => {}, 1000)").run(request, { ...hooks, spawned }),
    )
    expect(Exit.isFailure(exit)).toBe(true)
    expect(await isRunning(pids[0] as number)).toBe(false)
  })
})
