import { describe, expect, test } from "vitest"
import { chanceOf } from "./chance.ts"
import { scriptOf } from "./scripts.ts"
import { shrink } from "./shrink.ts"
import { makeTime } from "./time.ts"
import { makeTasks } from "./tasks.ts"
import { runWorld } from "./world.ts"

describe("a simulated world", () => {
  test("is the same every time", async () => {
    const [one, other] = [
      await runWorld(scriptOf(2, "short")),
      await runWorld(scriptOf(2, "short")),
    ]
    expect(one.counts.facts).toBeGreaterThan(100)
    expect(other.hash).toBe(one.hash)
    expect(other.counts).toEqual(one.counts)
  })

  test("is another one for another seed", async () => {
    const [one, other] = [
      await runWorld(scriptOf(3, "short")),
      await runWorld(scriptOf(4, "short")),
    ]
    expect(other.hash).not.toBe(one.hash)
  })

  test.each([5, 6, 7, 8])(
    "keeps every rule (seed %i; behaviours 32, 33, 44, 60, 63, 70)",
    async (seed) => {
      const { violation, counts } = await runWorld(scriptOf(seed, "short"))
      expect(violation).toBeUndefined()
      expect(counts.boots).toBeGreaterThan(1)
    },
  )

  test("is made no smaller than what fails", async () => {
    const script = scriptOf(5, "short")
    const smaller = await shrink({ ...script, decisions: script.decisions.slice(0, 3) }, "no rule")
    expect(smaller.decisions).toHaveLength(3)
  })
})

describe("time in a world", () => {
  const chance = chanceOf(1, "time")

  test("stands still for timers while the machine sleeps", () => {
    const time = makeTime(0, chance, false)
    time.after(1_000, () => undefined)
    time.suspend(60_000)
    expect(time.now()).toBe(60_000)
    expect(time.clock.monotonicMs()).toBe(0)
    expect(time.wakeOne()).toBe(false)
    time.pass(1_000)
    expect(time.wakeOne()).toBe(true)
  })

  test("goes on for timers when the wall clock is set", () => {
    const time = makeTime(100_000, chance, false)
    time.step(-50_000)
    expect(time.now()).toBe(50_000)
    expect(time.elapsedMs()).toBe(0)
  })
})

describe("the tasks of a process", () => {
  const options = { chance: chanceOf(1, "tasks"), shuffles: false, opsMax: 2_048 }

  test("end where the process is stopped, and none comes after", () => {
    const tasks = makeTasks(options)
    const dispatcher = tasks.scheduler.makeDispatcher()
    const scheduleTask = dispatcher.scheduleTask.bind(dispatcher)
    const done: Array<number> = []
    for (const task of [1, 2, 3, 4]) scheduleTask(() => void done.push(task), 0)
    tasks.interruptAt(3, tasks.stop)
    expect(tasks.drain()).toBe(true)
    scheduleTask(() => void done.push(5), 0)
    tasks.drain()
    expect(done).toEqual([1, 2])
  })

  test("are given up when there is no end to them", () => {
    const tasks = makeTasks(options)
    const dispatcher = tasks.scheduler.makeDispatcher()
    const scheduleTask = dispatcher.scheduleTask.bind(dispatcher)
    const again = (): void => scheduleTask(again, 0)
    again()
    expect(tasks.drain()).toBe(false)
  })
})
