import { Effect } from "effect"
import { afterEach, describe, expect, test } from "vitest"
import { Retention } from "../../../src/engine/retention.ts"
import { EventLog } from "../../../src/log/event-log.ts"
import { sharedLog } from "../../kit/shared-log.ts"
import {
  brokenChannel,
  makeWorld,
  rememberingChannel,
  type World,
  type WorldOptions,
} from "../../kit/world.ts"

const minute = 60_000
const day = 86_400_000

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

const runsPerJobMax = 3
const jobs = "SELECT * FROM scheduled_jobs ORDER BY id"
const runs = "SELECT * FROM job_runs ORDER BY id"

/** The tables now, and as they are when they are folded again from the log. */
const rebuilt = async (world: World) => {
  const look = () =>
    world.runtime
      .runPromise(EventLog.use((log) => log.query(jobs)))
      .then(async (jobRows) => [
        jobRows,
        await world.runtime.runPromise(EventLog.use((log) => log.query(runs))),
      ])
  const before = await look()
  await world.runtime.runPromise(EventLog.use((log) => log.rebuild))
  return { before, after: await look() }
}

const sweep = (world: World) => world.runtime.runPromise(Retention.use(({ sweep }) => sweep))

describe("retention", () => {
  test("keeps the newest rows of runs of each job; the facts stay", async () => {
    const world = await live({ settings: { retention: { runsPerJobMax, textDaysMax: null } } })
    await world.add({ schedule: { every: minute } })
    await world.clock.advance(5 * minute)
    const facts = (await world.story()).length

    expect(await sweep(world)).toEqual({ runsPruned: 2, textsErased: 0 })

    expect(await world.runs()).toHaveLength(runsPerJobMax)
    expect(await world.story()).toHaveLength(facts)
    expect((await world.facts()).at(-1)?.fact).toMatchObject({ type: "runs.pruned" })
    const { before, after } = await rebuilt(world)
    expect(after).toEqual(before)
  })

  test("erases the texts of old runs, and a rebuild gives the same rows", async () => {
    const world = await live({ settings: { retention: { runsPerJobMax: null, textDaysMax: 2 } } })
    await world.add({ schedule: { every: day }, prompt: "a secret" })
    await world.clock.advance(4 * day + minute)

    await sweep(world)

    const outputs = (await world.runs()).map(({ output }) => output)
    expect(outputs).toEqual(["[erased]", "[erased]", "a secret", "a secret"])
    const { before, after } = await rebuilt(world)
    expect(after).toEqual(before)
    expect(await world.jobs()).toMatchObject([{ prompt: "a secret" }])
    await world.clock.advance(day)
    expect(world.messages.at(-1)?.text).toBe("a secret")
  })
})

describe("erasing on request", () => {
  test("a removed job keeps no text at all", async () => {
    const world = await live()
    await world.add({ schedule: { every: minute }, prompt: "a secret", name: "secret name" })
    await world.clock.advance(2 * minute)
    await world.dispatch({ type: "remove-job", jobId: "job_1" })

    const erased = await world.runtime.runPromise(
      Retention.use(({ eraseJob }) => eraseJob("job_1", false)),
    )

    expect(erased).toBeGreaterThan(0)
    expect(JSON.stringify(await world.facts())).not.toContain("secret")
    expect(JSON.stringify(await world.runs())).not.toContain("secret")
  })

  test("one run loses its texts, the other keeps them", async () => {
    const world = await live()
    await world.add({ schedule: { every: minute }, prompt: "a secret" })
    await world.clock.advance(2 * minute)
    const [first] = await world.runs()
    await world.runtime.runPromise(
      Retention.use(({ eraseRun }) => eraseRun("job_1", first?.id ?? "")),
    )
    expect((await world.runs()).map(({ output }) => output)).toEqual(["[erased]", "a secret"])
  })
})

test("an answer that was erased before it was delivered is not delivered", async () => {
  const log = await sharedLog()
  const { layer, kill } = log.mortal()
  const hanging = { kind: "cli_chat", idempotent: true, send: () => Effect.never }
  const killed = await live({ log: layer, channel: hanging })
  await killed.add({ schedule: { in: "1m" }, prompt: "a secret" })
  await killed.clock.advance(minute)
  const [run] = await killed.runs()
  await killed.runtime.runPromise(Retention.use(({ eraseRun }) => eraseRun("job_1", run?.id ?? "")))
  kill()

  const { channel, messages } = rememberingChannel("cli_chat", true)
  const world = await live({ log: log.layer, clock: killed.clock, channel })
  expect(messages).toEqual([])
  expect(await world.runs()).toMatchObject([{ delivery: "failed" }])
})

test("texts of runs whose rows were pruned are erased with their job", async () => {
  const world = await live({
    channel: brokenChannel(false),
    settings: { retention: { runsPerJobMax: 1, textDaysMax: null } },
  })
  await world.add({ schedule: { every: minute } })
  await world.clock.advance(3 * minute)
  await sweep(world)
  await world.dispatch({ type: "remove-job", jobId: "job_1" })
  await world.runtime.runPromise(Retention.use(({ eraseJob }) => eraseJob("job_1", false)))
  expect(JSON.stringify(await world.facts())).not.toContain("the line is cut")
})
