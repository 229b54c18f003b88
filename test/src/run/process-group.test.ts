import { spawn } from "node:child_process"
import { join } from "node:path"
import { Effect } from "effect"
import { describe, expect, onTestFinished, test } from "vitest"
import { commandAgent } from "../../../src/run/command.ts"
import { lookUp } from "../../../src/run/process-table.ts"
import { eventually, folder, isRunning, pidsIn } from "./processes.ts"

const onLinux = process.platform === "linux"

describe.skipIf(!onLinux)("what another boot left (Linux only, skipped elsewhere)", () => {
  const agent = commandAgent({ name: "a", argv: ["unused"], killGraceMs: 200 })
  const reap = (pid: number, startedAt: number | null, runId = "run_1") =>
    Effect.runPromise(agent.reap({ pid, startedAt }, runId))

  /** A process group that its scheduler does not know of any more; the script notes its members. */
  const leftBehind = async (script: (pids: string) => string, count: number) => {
    const pids = join(folder(), "pids")
    const child = spawn("/bin/sh", ["-c", script(pids)], {
      detached: true,
      stdio: "ignore",
      env: { ...process.env, HOROLOG_RUN: "run_1" },
    })
    const pid = child.pid as number
    const startedAt = (await lookUp(pid))?.startedAt as number
    onTestFinished(() => void child.kill("SIGKILL"))
    return { pid, startedAt, members: await pidsIn(pids, count) }
  }
  const couple = (pids: string) => `sleep 1000 & echo $$ > ${pids}; echo $! >> ${pids}; wait`
  const anHourMs = 3_600_000

  test("and is another process by now is left alone", async () => {
    const { pid, startedAt, members } = await leftBehind(couple, 2)
    expect(await reap(pid, startedAt - anHourMs, "run_2")).toBe(false)
    expect(await reap(pid, null, "run")).toBe(false)
    for (const member of members) expect(await isRunning(member)).toBe(true)
    expect(await reap(pid, startedAt, "run_1")).toBe(true)
  })

  test("is ended as a whole, and once", async () => {
    const { pid, startedAt, members } = await leftBehind(couple, 2)
    expect(await reap(pid, startedAt, "run_2")).toBe(true)
    for (const member of members) expect(await isRunning(member)).toBe(false)
    expect(await reap(pid, startedAt, "run_2")).toBe(false)
  })

  test("is found by its run when no process was recorded", async () => {
    const { members } = await leftBehind(couple, 2)
    const other = await Effect.runPromise(agent.reap(null, "run_2"))
    expect(other).toBe(false)
    for (const member of members) expect(await isRunning(member)).toBe(true)
    expect(await Effect.runPromise(agent.reap(null, "run_1"))).toBe(true)
    for (const member of members) expect(await isRunning(member)).toBe(false)
  })

  test("is known by its run when the wall clock was set since", async () => {
    const { pid, startedAt, members } = await leftBehind(couple, 2)
    expect(await reap(pid, startedAt + anHourMs)).toBe(true)
    for (const member of members) expect(await isRunning(member)).toBe(false)
  })

  test("is known by its run when its leader is gone already", async () => {
    const { pid, startedAt, members } = await leftBehind(
      (pids) => `sleep 1000 & echo $! > ${pids}`,
      1,
    )
    await eventually(async () => !(await isRunning(pid)), "the leader is gone")
    expect(await isRunning(members[0] as number)).toBe(true)
    expect(await reap(pid, startedAt)).toBe(true)
    expect(await isRunning(members[0] as number)).toBe(false)
  })

  test("is forced when it does not listen", async () => {
    const deaf = (pids: string) => `trap '' TERM; echo $$ > ${pids}; while :; do sleep 1; done`
    const { pid, startedAt } = await leftBehind(deaf, 1)
    expect(await reap(pid, startedAt)).toBe(true)
    expect(await isRunning(pid)).toBe(false)
  })

  test("is never the group one is in oneself", async () => {
    // In a process of its own, below the leader of a group of its own: a mistake ends nobody else.
    const script = `
      const { Effect } = await import("effect")
      const { commandAgent } = await import(${sourceOf("command.ts")})
      const { lookUp } = await import(${sourceOf("process-table.ts")})
      const { pid, startedAt } = await lookUp((await lookUp(process.pid)).group)
      const agent = commandAgent({ name: "a", argv: ["unused"] })
      const reaped = await Effect.runPromise(agent.reap({ pid, startedAt }, "run_1"))
      process.stdout.write(pid !== process.pid ? String(reaped) : "the leader itself")`
    const node = `"${process.execPath}" --input-type=module -e "$0"`
    const group = spawn("/bin/sh", ["-c", `${node}; exit $?`, script], { detached: true })
    const said = await group.stdout.setEncoding("utf8").toArray()
    expect(said.join("")).toBe("false")
  })
})

const sourceOf = (file: string): string =>
  JSON.stringify(new URL(`../../../src/run/${file}`, import.meta.url).href)
