import { Effect } from "effect"
import { afterEach, describe, expect, test } from "vitest"
import type { Recorded } from "../../../events/envelope.ts"
import type { JobCommand } from "../../../machines/command.ts"
import { accountOf } from "../../../src/inspect/accounting.ts"
import { AgentFailed, type Agent } from "../../../src/run/agent.ts"
import { settle } from "../../kit/clock.ts"
import { lifetime } from "../../kit/lifetime.ts"
import { randomFrom } from "../../kit/random.ts"
import { chat, hour, minute, planner, second } from "../../kit/samples.ts"
import { sharedLog } from "../../kit/shared-log.ts"
import { makeWorld, monday, type World } from "../../kit/world.ts"

const worlds: Array<World> = []
afterEach(async () => {
  await Promise.all(worlds.splice(0).map((world) => world.dispose()))
})

const jobs = {
  job_often: { schedule: { every: "90s" } },
  job_hourly: { schedule: { cron: "0 * * * *", tz: "America/New_York" } },
  job_once: { schedule: { in: "25m" } },
  job_gone: { schedule: { in: "40m" }, deleteAfterRun: true },
} as const
const jobIds = ["job_often", "job_hourly", "job_once", "job_gone"] as const

/** The whole engine for some hours: long and failing runs, kills, clock steps, commands. */
const lived = async (seed: number): Promise<ReadonlyArray<Recorded>> => {
  const { below, pick } = randomFrom(seed)
  const log = await sharedLog()
  const run: Agent["run"] = () =>
    Effect.suspend(() =>
      below(4) === 0
        ? Effect.fail(new AgentFailed({ name: "Busy", message: "later", class: "retryable" }))
        : Effect.callback<{ text: string }>((resume) => {
            const done = () => resume(Effect.succeed({ text: "done" }))
            return Effect.sync(here.world.clock.after(below(6 * minute), done))
          }),
    )
  const boot = async (clock?: World["clock"]) => {
    const { layer, kill } = log.mortal()
    const world = makeWorld({ log: layer, run, ...(clock !== undefined && { clock }) })
    worlds.push(world)
    return { world, kill }
  }
  let here = await boot()
  await here.world.start()
  let commandsCount = 0
  const give = async (command: JobCommand): Promise<void> => {
    commandsCount += 1
    // A refusal is an answer like any other here.
    await here.world.dispatch(command, undefined, `${seed}/${commandsCount}`).catch(() => undefined)
  }
  const dies = async (downMs: number) => {
    const { clock } = here.world
    here.kill()
    clock.step(downMs)
    here = await boot(clock)
    await here.world.start()
  }
  const moves = [
    () => here.world.clock.advance(below(20) * minute),
    () => here.world.clock.advance(below(90) * second),
    () => here.world.clock.advance(hour),
    () => dies(below(2) === 0 ? 0 : below(3 * hour)),
    async () => here.world.clock.step(below(4 * hour) - 2 * hour),
    () => give({ type: "disable-job", jobId: pick(jobIds) }),
    () => give({ type: "enable-job", jobId: pick(jobIds) }),
    () => give({ type: "enable-job", jobId: pick(jobIds) }),
    () => give({ type: "run-job", jobId: pick(jobIds), runId: `run_${below(1e9)}` }),
    () =>
      give({
        type: "update-job",
        jobId: pick(jobIds),
        schedule: pick([{ every: "2m" }, { every: "50m" }, { cron: "*/7 * * * *" }, { in: "9m" }]),
      }),
  ] as const
  for (const jobId of jobIds) {
    await give({
      type: "add-job",
      jobId,
      owner: chat,
      prompt: "Say hello.",
      ...chat,
      ...jobs[jobId],
    })
  }
  for (let count = 0; count < 40; count += 1) {
    await pick(moves)()
    await settle(5)
  }
  return here.world.facts()
}

describe("the account of whole lives", () => {
  test.each([1, 2, 3, 4, 5, 6])("of the engine in memory is whole (seed %i)", async (seed) => {
    const facts = await lived(seed)
    const { problems, counts } = accountOf(facts, "test")
    expect(problems).toEqual([])
    expect(counts.ran + counts.superseded).toBeGreaterThan(7)
    expect(facts[0]?.at).toBe(monday)
  })

  test("whichever fact is dropped or doubled", () => {
    const unfound: Array<string> = []
    let triedCount = 0
    const tryOut = (how: string, { fact }: Recorded, history: ReadonlyArray<Recorded>) => {
      triedCount += 1
      if (accountOf(history, planner).problems.length === 0) unfound.push(`${how} ${fact.type}`)
    }
    for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
      const { facts } = lifetime(seed, 120)
      for (const [index, one] of facts.slice(0, -4).entries()) {
        tryOut("dropped", one, facts.toSpliced(index, 1))
        const twin = { ...one, eventId: `again-${one.eventId}` }
        tryOut("doubled", one, facts.toSpliced(index, 0, twin))
      }
    }
    // Alerts and a change of the name are nothing to an account, and may come once more; a pause in
    // which nothing fell due, and which another one followed, may be left out.
    const neutral = /job\.updated$|alert\.|dropped job\.(?:paused|resumed)$/
    expect(unfound.filter((one) => !neutral.test(one))).toEqual([])
    expect(triedCount).toBeGreaterThan(300)
  })
})
