import { Effect } from "effect"
import { afterEach, describe, expect, test } from "vitest"
import { Engine } from "../../../src/engine/engine.ts"
import { sharedLog } from "../../kit/shared-log.ts"
import { makeWorld, monday, type World, type WorldOptions } from "../../kit/world.ts"

const minute = 60_000
const hour = 60 * minute
const jobId = "job_1"

const worlds: Array<World> = []
const live = async (options: WorldOptions = {}): Promise<World> => {
  const world = makeWorld(options)
  worlds.push(world)
  await world.start()
  return world
}
afterEach(async () => {
  await Promise.all(worlds.splice(0).map((world) => world.dispose()))
})

/** An agent that answers when it is told to. */
const patient = () => {
  let finish = () => {}
  const run = () =>
    Effect.callback<{ text: string }>((resume) => {
      finish = () => resume(Effect.succeed({ text: "done" }))
    })
  return { run, finish: () => finish() }
}

describe("a manual run (behaviour 38)", () => {
  test("a second one while it runs is told so", async () => {
    const world = await live({ run: () => Effect.never })
    await world.add({ schedule: { every: hour } })
    await world.dispatch({ type: "run-job", jobId, runId: "run_1" })
    await expect(world.dispatch({ type: "run-job", jobId, runId: "run_2" })).rejects.toMatchObject({
      code: "already-running",
    })
  })

  test("leaves the plan as it stands", async () => {
    const world = await live()
    await world.add({ schedule: { every: hour } })
    await world.clock.advance(minute)
    await world.dispatch({ type: "run-job", jobId, runId: "run_1" })
    await world.clock.advance(minute)
    expect(await world.runs()).toMatchObject([{ id: "run_1", status: "ok", trigger: "manual" }])
    expect(await world.jobs()).toMatchObject([{ next_run_at: monday + hour }])
  })

  test("what falls due meanwhile starts when it settles", async () => {
    const agent = patient()
    const world = await live({ run: agent.run })
    await world.add({ schedule: { every: hour } })
    await world.clock.advance(59 * minute)
    await world.dispatch({ type: "run-job", jobId, runId: "run_1" })
    await world.clock.advance(5 * minute)
    expect(world.asked).toHaveLength(1)
    agent.finish()
    await world.clock.advance(0)
    expect((await world.runs())[1]).toMatchObject({ due_at: monday + hour, late_ms: 4 * minute })
  })

  test("needs a slot", async () => {
    const world = await live({ run: () => Effect.never, settings: { maxConcurrent: 1 } })
    await world.add({ jobId: "job_a", schedule: { every: hour } })
    await world.add({ jobId: "job_b", schedule: { every: hour } })
    await world.dispatch({ type: "run-job", jobId: "job_a", runId: "run_1" })
    await expect(
      world.dispatch({ type: "run-job", jobId: "job_b", runId: "run_2" }),
    ).rejects.toMatchObject({ code: "capacity" })
  })

  test("can be cancelled, and the outcome says why", async () => {
    const world = await live({ run: () => Effect.never })
    await world.add({ schedule: { every: hour } })
    await world.dispatch({ type: "run-job", jobId, runId: "run_1" })
    await world.clock.advance(0)
    await world.runtime.runPromise(Engine.use((engine) => engine.cancel("run_1", "not needed")))
    expect(await world.runs()).toMatchObject([{ status: "cancelled" }])
    await expect(
      world.runtime.runPromise(Engine.use((engine) => engine.cancel("run_1", "again"))),
    ).rejects.toMatchObject({ code: "not-running" })
  })
})

describe("while a run is open", () => {
  test.each([
    ["disable-job", "disabled"],
    ["remove-job", undefined],
  ] as const)("%s lets it settle first (behaviour 39)", async (type, state) => {
    const agent = patient()
    const world = await live({ run: agent.run })
    await world.add({ schedule: { every: hour } })
    await world.clock.advance(hour)
    await world.dispatch({ type, jobId })
    expect(await world.jobs()).toMatchObject([{ state: "running" }])

    agent.finish()
    await world.clock.advance(3 * hour)
    expect(await world.runs()).toMatchObject([{ status: "ok" }])
    expect((await world.jobs()).map((job) => job.state)).toEqual(state === undefined ? [] : [state])
  })

  test("an update leaves it alone; the next due time is the new schedule's (behaviour 40)", async () => {
    const agent = patient()
    const world = await live({ run: agent.run })
    await world.add({ schedule: { every: hour } })
    await world.clock.advance(hour)
    await world.dispatch({ type: "update-job", jobId, schedule: { every: 10 * minute } })
    agent.finish()
    await world.clock.advance(minute)
    expect(await world.runs()).toMatchObject([{ status: "ok", due_at: monday + hour }])
    expect(await world.jobs()).toMatchObject([{ next_run_at: monday + hour + 10 * minute }])
  })
})

describe("enabling", () => {
  test("plans from now under a new revision and leaves the last run (behaviour 42)", async () => {
    const world = await live()
    await world.add({ schedule: { every: hour } })
    await world.clock.advance(hour)
    await world.dispatch({ type: "disable-job", jobId })
    await world.clock.advance(5 * hour + minute)
    await world.dispatch({ type: "enable-job", jobId })
    expect(await world.jobs()).toMatchObject([
      { next_run_at: monday + 7 * hour, last_run_at: monday + hour, revision: 2 },
    ])
  })

  test("a one-shot job whose time has passed is refused (behaviour 42)", async () => {
    const world = await live()
    await world.add({ schedule: { in: "1h" } })
    await world.dispatch({ type: "disable-job", jobId })
    await world.clock.advance(2 * hour)
    await expect(world.dispatch({ type: "enable-job", jobId })).rejects.toMatchObject({
      code: "in-past",
    })
  })
})

describe("the same command twice (behaviour 44)", () => {
  const command = { type: "disable-job", jobId } as const
  const ada = { kind: "user", id: "ada" } as const

  test("gets the same answer, also after a restart", async () => {
    const log = await sharedLog()
    const first = await live({ log: log.layer })
    await first.add({ schedule: { every: hour } })
    const answer = await first.dispatch(command, ada, "once")
    expect(await first.dispatch(command, ada, "once")).toEqual(answer)
    await first.stop()

    const second = await live({ log: log.layer, clock: first.clock })
    expect(await second.dispatch(command, ada, "once")).toEqual(answer)
    expect((await second.story()).filter((type) => type === "job.disabled")).toHaveLength(1)
  })

  test("gets the same refusal", async () => {
    const world = await live()
    await expect(world.dispatch(command, ada, "once")).rejects.toMatchObject({ code: "not-found" })
    await world.add({ schedule: { every: hour } })
    await expect(world.dispatch(command, ada, "once")).rejects.toMatchObject({ code: "not-found" })
  })

  test("under another body is an error", async () => {
    const world = await live()
    await world.add({ schedule: { every: hour } })
    await world.dispatch(command, ada, "once")
    await expect(world.dispatch({ type: "enable-job", jobId }, ada, "once")).rejects.toMatchObject({
      code: "invalid-input",
    })
  })
})

test("09:00 moved to 10:00 and back runs once at 09:00 (behaviour 44b)", async () => {
  const world = await live()
  await world.add({ schedule: { cron: "0 10 * * *", tz: "UTC" } })
  await world.dispatch({ type: "update-job", jobId, schedule: { cron: "0 11 * * *", tz: "UTC" } })
  await world.dispatch({ type: "update-job", jobId, schedule: { cron: "0 10 * * *", tz: "UTC" } })
  await world.clock.advance(3 * hour)
  expect(await world.runs()).toMatchObject([{ due_at: monday + hour, revision: 3 }])
})

test("set back an hour, disabled and enabled, what ran does not run again (behaviour 44c)", async () => {
  const world = await live()
  await world.add({ schedule: { cron: "0 10 * * *", tz: "UTC" } })
  await world.clock.advance(hour + minute)
  world.clock.step(-hour)
  await world.clock.advance(minute)
  await world.dispatch({ type: "disable-job", jobId })
  await world.dispatch({ type: "enable-job", jobId })
  await world.clock.advance(3 * hour)
  expect(await world.runs()).toHaveLength(1)
})

test("a run may not write the schedule unless its job allows it (behaviour 45)", async () => {
  const world = await live({ run: () => Effect.never })
  await world.add({ schedule: { every: hour } })
  await world.dispatch({ type: "run-job", jobId, runId: "run_1" })
  const inside = { kind: "agent", id: "model", runId: "run_1" } as const
  await expect(
    world.add({ jobId: "job_2", schedule: { every: hour } }, inside),
  ).rejects.toMatchObject({ code: "self-scheduling" })
  expect(await world.jobs()).toHaveLength(1)
})

test("refusals are audited, and only so many a minute", async () => {
  const world = await live()
  for (let count = 0; count < 40; count += 1) {
    await world.dispatch({ type: "enable-job", jobId: "job_none" }).catch(() => undefined)
  }
  const refused = (await world.facts()).filter(({ fact }) => fact.type === "command.refused")
  expect(refused).toHaveLength(20)
})
