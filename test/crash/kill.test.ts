import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { engines, onMachine, temporaryFolder } from "../src/log/file/world.ts"
import { startWriting } from "./process.ts"
import { verifyLog } from "./verify.ts"

const roundsCount = Number(process.env["HOROLOG_KILL_ROUNDS"] ?? 6)

/** Steps after the beginning of a checkpoint: past its end, whatever commits come between. */
const stepsCount = 28

type Engine = (typeof engines)[number]

/** Lets a process write, kills it, and answers with the numbers it acknowledged. */
const killed = (folder: string, engine: Engine, from: number) =>
  Effect.promise(async () => {
    const writing = startWriting({ folder, engine, from })
    // Between two groups or within one, early and late.
    await writing.reach(40 + ((from * 7) % 90))
    await writing.ended("SIGKILL")
    return writing.acknowledged()
  })

describe("a process killed under load", () => {
  const plans: ReadonlyArray<readonly [string, (round: number) => Engine]> = [
    ...engines.map((engine) => [engine, () => engine] as const),
    ["by turns", (round) => engines[round % 2] ?? "native"],
  ]
  for (const [name, engineOf] of plans) {
    it.live(
      `keeps what it acknowledged, and starts no run twice: ${name} (behaviours 63, 69)`,
      () =>
        Effect.gen(function* () {
          const folder = yield* temporaryFolder
          let acknowledged: ReadonlyArray<number> = []
          for (let round = 0; round < roundsCount; round++) {
            // Whoever had no answer asks again, and some ask again for good measure.
            const from = Math.max(0, (acknowledged.at(-1) ?? 0) - 10)
            const told = yield* killed(folder, engineOf(round), from)
            acknowledged = [...acknowledged, ...told]
            const open = onMachine({ folder, engine: engineOf(round + 1) })
            const factsCount = yield* open(verifyLog(acknowledged))
            expect(factsCount).toBeGreaterThan(told.length / 2)
          }
        }),
    )
  }
})

describe("a checkpoint", () => {
  it.live("killed before any of its steps loses nothing (behaviour 68)", () =>
    Effect.gen(function* () {
      const steps = Array.from({ length: stepsCount }, (_, index) => index + 1)
      const diedAt = yield* Effect.forEach(steps, dieAtStep, { concurrency: 2 })
      const names = new Set(diedAt.map((what) => what.replace(/journal\.[\d.]+$/, "journal")))
      for (const step of stepsOfCheckpoint) expect([...names]).toContain(step)
    }),
  )
})

const stepsOfCheckpoint = [
  "open horolog.journal",
  "sync-folder",
  "write horolog.journal",
  "sync horolog.journal",
  "open horolog.sqlite.new",
  "write horolog.sqlite.new",
  "sync horolog.sqlite.new",
  "rename horolog.sqlite",
  "remove horolog.journal",
]

/** Answers with what the process was about to do when it died. */
const dieAtStep = Effect.fnUntraced(function* (killAt: number) {
  const folder = yield* temporaryFolder
  const writing = startWriting({ folder, killAt })
  yield* Effect.promise(() => writing.ended())
  yield* onMachine({ folder, engine: "sql.js" })(verifyLog(writing.acknowledged()))
  expect(writing.acknowledged().length).toBeGreaterThan(4)
  return writing.errors().trim()
}, Effect.scoped)
