import { Effect } from "effect"
import { afterEach, describe, expect, test } from "vitest"
import { sharedLog } from "../../kit/shared-log.ts"
import {
  brokenChannel,
  makeWorld,
  monday,
  rememberingChannel,
  type World,
  type WorldOptions,
} from "../../kit/world.ts"

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

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

/** A world that is killed in the middle of its first run, and the log it leaves. */
const killedInARun = async (schedule: { in: string } | { every: number }) => {
  const log = await sharedLog()
  const { layer, kill } = log.mortal()
  const killed = await live({ log: layer, run: () => Effect.never })
  await killed.add({ schedule })
  await killed.clock.advance("in" in schedule ? minute : schedule.every)
  expect(await killed.runs()).toMatchObject([{ status: "running" }])
  kill()
  return { log, clock: killed.clock }
}

describe("after a kill in the middle of a run (behaviour 33)", () => {
  test.each([{ in: "1m" }, { every: hour }])(
    "%o: interrupted, then one new attempt",
    async (schedule) => {
      const { log, clock } = await killedInARun(schedule)
      const world = await live({ log: log.layer, clock })
      await world.clock.advance(minute)

      expect(await world.runs()).toMatchObject([
        { status: "interrupted", attempt: 1 },
        { status: "ok", attempt: 2, trigger: "retry" },
      ])
      const [first, second] = await world.runs()
      expect(second?.due_at).toBe(first?.due_at)
      await world.clock.advance(30 * minute)
      expect(world.asked).toHaveLength(1)
    },
  )

  test("later than the natural next, catch-up decides and the interrupted run stays so", async () => {
    const { log, clock } = await killedInARun({ every: hour })
    clock.step(2 * hour + 10 * minute)
    const world = await live({ log: log.layer, clock })
    await world.clock.advance(minute)

    const runs = await world.runs()
    expect(
      runs.map(({ status, trigger, due_at }) => [status, trigger, (due_at - monday) / hour]),
    ).toEqual([
      ["interrupted", "schedule", 1],
      ["ok", "catch-up", 3],
    ])
    expect(await world.story()).toContain("occurrences.skipped")
  })
})

describe("downtime", () => {
  test("a daily job three days down runs once, the rest is recorded (behaviour 34, latest)", async () => {
    const log = await sharedLog()
    const before = await live({ log: log.layer })
    await before.add({ schedule: { cron: "0 10 * * *", tz: "UTC" } })
    await before.stop()

    before.clock.step(3 * day)
    const world = await live({ log: log.layer, clock: before.clock })
    await world.clock.advance(minute)

    expect(await world.runs()).toMatchObject([
      { trigger: "catch-up", due_at: monday + hour + 2 * day },
    ])
    const skipped = (await world.facts()).filter(({ fact }) => fact.type === "occurrences.skipped")
    expect(skipped.map(({ fact }) => fact)).toMatchObject([
      { reason: "downtime", from: monday + hour, to: monday + hour + day, count: 2 },
    ])
  })

  test("every day, restarted after 23 hours, fires after 24 (behaviour 6)", async () => {
    const log = await sharedLog()
    const before = await live({ log: log.layer })
    await before.add({ schedule: { every: day } })
    await before.clock.advance(23 * hour)
    await before.stop()

    const world = await live({ log: log.layer, clock: before.clock })
    await world.clock.advance(hour - 1)
    expect(world.asked).toEqual([])
    await world.clock.advance(1)
    expect(await world.runs()).toMatchObject([{ due_at: monday + day, late_ms: 0 }])
  })
})

describe("a graceful stop", () => {
  test("waits for open runs", async () => {
    let finish = () => {}
    const world = await live({
      run: () =>
        Effect.callback((resume) => {
          finish = () => resume(Effect.succeed({ text: "done" }))
        }),
    })
    await world.add({ schedule: { in: "1m" } })
    await world.clock.advance(minute)
    const stopped = world.stop()
    finish()
    await stopped
    expect(await world.runs()).toMatchObject([{ status: "ok", delivery: "delivered" }])
    expect((await world.facts()).at(-1)?.fact).toMatchObject({
      type: "scheduler.stopped",
      clean: true,
    })
  })

  test("interrupts what is still open after its grace", async () => {
    const world = await live({ run: () => Effect.never })
    await world.add({ schedule: { every: hour } })
    await world.clock.advance(hour)
    const stopped = world.stop()
    await world.clock.advance(minute)
    await stopped
    expect(await world.runs()).toMatchObject([{ status: "interrupted" }])
    expect(await world.story()).toContain("retry.planned")
  })
})

describe("deliveries", () => {
  test("one begun before a kill is not sent again where a repetition would show", async () => {
    const log = await sharedLog()
    const { layer, kill } = log.mortal()
    const hanging = { ...brokenChannel(true), send: () => Effect.never }
    const killed = await live({ log: layer, channel: hanging })
    await killed.add({ schedule: { in: "1m" } })
    await killed.clock.advance(minute)
    kill()

    const { channel, messages } = rememberingChannel()
    const world = await live({ log: log.layer, clock: killed.clock, channel })
    expect(messages).toEqual([])
    expect(await world.runs()).toMatchObject([{ status: "ok", delivery: "unknown" }])
  })

  test("one begun before a kill is resumed under the same id where the channel can tell", async () => {
    const log = await sharedLog()
    const { layer, kill } = log.mortal()
    const killed = await live({
      log: layer,
      channel: { ...brokenChannel(true), send: () => Effect.never },
    })
    await killed.add({ schedule: { in: "1m" } })
    await killed.clock.advance(minute)
    kill()

    const { channel, messages } = rememberingChannel("cli_chat", true)
    const world = await live({ log: log.layer, clock: killed.clock, channel })
    const [run] = await world.runs()
    expect(messages).toMatchObject([{ deliveryId: `${run?.id}/delivery`, text: "Say hello." }])
    expect(run).toMatchObject({ delivery: "delivered" })
  })

  test("a failure that may pass is tried again, then recorded as failed", async () => {
    const world = await live({ channel: brokenChannel(true) })
    await world.add({ schedule: { in: "1m" } })
    await world.clock.advance(5 * minute)
    const attempts = (await world.facts()).filter(({ fact }) => fact.type === "delivery.attempted")
    expect(attempts).toHaveLength(4)
    expect(await world.runs()).toMatchObject([{ status: "ok", delivery: "failed" }])
  })

  test("a failure for good is recorded at once and leaves the run as it was", async () => {
    const world = await live({ channel: brokenChannel(false) })
    await world.add({ schedule: { in: "1m" } })
    await world.clock.advance(minute)
    expect(await world.runs()).toMatchObject([{ status: "ok", error: null, delivery: "failed" }])
  })
})
