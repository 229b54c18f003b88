import { Effect } from "effect"
import { afterEach, describe, expect, test } from "vitest"
import type { FactOf, FactType } from "../../../events/fact.ts"
import { AgentFailed } from "../../../src/run/agent.ts"
import { sharedLog } from "../../kit/shared-log.ts"
import { makeWorld, monday, type World, type WorldOptions } from "../../kit/world.ts"

const minute = 60_000
const hour = 60 * minute

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

const factsOf = async <Type extends FactType>(world: World, type: Type) =>
  (await world.facts()).map(({ fact }) => fact).filter((fact) => fact.type === type) as Array<
    FactOf<Type>
  >

describe("a job that fails", () => {
  const failing = (error: { readonly class?: "quota"; readonly retryAt?: number } = {}) =>
    Effect.fail(new AgentFailed({ name: "Busy", message: "no room", class: "fatal", ...error }))

  test("is told of after two in a row, once an hour, and once when it is well again", async () => {
    let works = false
    const world = await live({
      run: () => Effect.suspend(() => (works ? Effect.succeed({ text: "" }) : failing())),
    })
    const policy = { disableAfterFailures: 0 }
    await world.add({ name: "digest", schedule: { every: 10 * minute }, policy })
    await world.clock.advance(10 * minute)
    expect(world.messages).toEqual([])
    await world.clock.advance(80 * minute)
    expect(world.messages.map(({ text }) => text)).toEqual([
      "digest failed 2 times in a row: no room.",
      "digest failed 8 times in a row: no room.",
    ])
    works = true
    await world.clock.advance(20 * minute)
    expect(world.messages.map(({ text }) => text).slice(2)).toEqual(["digest succeeded again."])
    expect(world.messages[0]?.deliveryId).toMatch(/^run_.*\/alert$/)
    const runs = await world.runs()
    expect(runs.every(({ delivery }) => delivery === null)).toBe(true)
  })

  test("is told of in the chat its policy names, unless it names 0", async () => {
    const world = await live({ run: () => failing() })
    const loud = { alert: { after: 1, chatId: "watch" } }
    await world.add({ jobId: "job_loud", schedule: { every: hour }, policy: loud })
    await world.add({
      jobId: "job_mute",
      schedule: { every: hour },
      policy: { alert: { after: 0 } },
    })
    await world.clock.advance(hour)
    expect(world.messages).toMatchObject([{ jobId: "job_loud", chatId: "watch" }])
    expect(await world.runs()).toHaveLength(2)
  })

  test("says so when it is disabled for it", async () => {
    const world = await live({ run: () => failing() })
    await world.add({ schedule: { every: minute }, policy: { disableAfterFailures: 3 } })
    await world.clock.advance(10 * minute)
    expect(await world.runs()).toHaveLength(3)
    expect(world.messages.at(-1)?.text).toMatch(/3 times in a row.*disabled now/)
  })

  test("an alert that was under way at a kill is sent by the next boot", async () => {
    const log = await sharedLog()
    const { layer, kill } = log.mortal()
    const channel = { kind: "cli_chat", idempotent: true, send: () => Effect.never }
    const killed = await live({ log: layer, run: () => failing(), channel })
    await killed.add({ schedule: { every: hour }, policy: { alert: { after: 1 } } })
    await killed.clock.advance(hour)
    expect(await factsOf(killed, "delivery.attempted")).toHaveLength(1)
    kill()

    const sent: Array<string> = []
    const back = await live({
      log: log.layer,
      clock: killed.clock,
      channel: {
        ...channel,
        send: ({ text, deliveryId }) =>
          Effect.sync(() => ({ receipt: String(sent.push(`${deliveryId}: ${text}`)) })),
      },
    })
    expect(sent).toEqual([expect.stringMatching(/^run_.*\/alert: .*failed: no room\.$/)])
    expect(await back.runs()).toMatchObject([{ status: "error", delivery: null }])
  })

  test("for want of a quota rests until it is back, and then runs the latest", async () => {
    const world = await live({
      run: () =>
        Effect.suspend(() =>
          world.clock.now() < monday + 3.5 * hour
            ? failing({ class: "quota", retryAt: monday + 3.5 * hour })
            : Effect.succeed({ text: "" }),
        ),
    })
    await world.add({ schedule: { every: hour } })
    await world.clock.advance(4 * hour)
    expect((await world.runs()).map((run) => [run.due_at, run.started_at, run.status])).toEqual([
      [monday + hour, monday + hour, "error"],
      [monday + 3 * hour, monday + 3.5 * hour, "ok"],
      [monday + 4 * hour, monday + 4 * hour, "ok"],
    ])
    expect(await factsOf(world, "occurrences.skipped")).toMatchObject([
      { reason: "quota", from: monday + 2 * hour, count: 1 },
    ])
  })
})
