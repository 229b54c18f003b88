import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { engines, onMachine, temporaryFolder } from "../src/log/file/world.ts"
import { startWriting } from "./process.ts"
import { verifyLog } from "./verify.ts"

const roundsCount = Number(process.env["HOROLOG_KILL_ROUNDS"] ?? 4)

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
          const acknowledged: Array<number> = []
          for (let round = 0; round < roundsCount; round++) {
            // Whoever had no answer asks again, and some ask again for good measure.
            const from = Math.max(0, (acknowledged.at(-1) ?? 0) - 10)
            const told = yield* killed(folder, engineOf(round), from)
            acknowledged.push(...told)
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
    Effect.forEach(stepsOfCheckpoint, dieAtStep, { concurrency: 2 }),
  )
})

/** In their order; commits come in between, into the new segment. */
const stepsOfCheckpoint = [
  ["open horolog.journal", 1],
  ["sync-folder", 1],
  ["write horolog.journal", 1],
  ["sync horolog.journal", 1],
  ["open horolog.sqlite.new", 1],
  ["truncate horolog.sqlite.new", 1],
  ["write horolog.journal", 2],
  ["write horolog.sqlite.new", 1],
  ["sync horolog.sqlite.new", 1],
  ["sync horolog.journal", 2],
  ["close horolog.sqlite.new", 1],
  ["rename horolog.sqlite", 1],
  ["sync-folder", 2],
  ["remove horolog.journal", 1],
  ["sync-folder", 3],
  ["write horolog.journal", 6],
  // The next one begins.
  ["open horolog.journal", 2],
] as const

const dieAtStep = Effect.fnUntraced(function* ([killAt, nth]: (typeof stepsOfCheckpoint)[number]) {
  const folder = yield* temporaryFolder
  const writing = startWriting({ folder, killAt, nth })
  yield* Effect.promise(() => writing.ended())
  expect(writing.acknowledged().length).toBeGreaterThan(4)
  yield* onMachine({ folder, engine: "sql.js" })(verifyLog(writing.acknowledged()))
}, Effect.scoped)
