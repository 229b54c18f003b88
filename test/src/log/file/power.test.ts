import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Result } from "effect"
import { EventLog, type LogFailed, type VersionConflict } from "../../../../src/log/event-log.ts"
import { Disk } from "../../../../src/log/file/disk.ts"
import {
  makeMemoryDisk,
  type MemoryDisk,
  type PowerLoss,
} from "../../../../src/log/file/memory-disk.ts"
import { acknowledged, batch, commandsIn, seeded, using } from "./world.ts"

const folder = "/log"
const seed = Number(process.env["HOROLOG_CRASH_SEED"] ?? 7)
const roundsCount = Number(process.env["HOROLOG_CRASH_ROUNDS"] ?? 40)

const onMemory = (memory: MemoryDisk) =>
  using(Layer.succeed(Disk, memory.disk), { folder, engine: "sql.js", checkpointBytes: 4_000 })

/** What somebody outside knows: what was asked for, and what was answered. */
interface Witness {
  readonly asked: Array<string>
  readonly told: Array<string>
}

/** Three commits at a time, until the disk fails or all is done; a checkpoint comes now and then. */
const work = (witness: Witness, count: number): Effect.Effect<void, LogFailed, EventLog> =>
  Effect.gen(function* () {
    const log = yield* EventLog
    for (let round = 0; round < count; round++) {
      const ids = [0, 1, 2].map((index) => `c${witness.asked.length + index}`)
      witness.asked.push(...ids)
      for (const [index, id] of ids.entries()) yield* noConflict(log.append(batch(id, index)))
      yield* log.durable
      witness.told.push(...ids)
    }
  })

// Nobody else writes here.
const noConflict = <A>(append: Effect.Effect<A, LogFailed | VersionConflict>) =>
  Effect.catchTag(append, "VersionConflict", Effect.die)

/** Every answer that was given is there, and nothing twice or out of order. */
const verify = ({ asked, told }: Witness): Effect.Effect<void, unknown, EventLog> =>
  Effect.gen(function* () {
    const log = yield* EventLog
    const facts = yield* commandsIn
    expect(facts).toEqual(expectedFacts(asked).filter((id) => facts.includes(id)))
    for (const id of told) {
      expect(yield* log.answer(id)).toEqual({ bodyHash: "asked", result: `"done ${id}"` })
      expect(facts.filter((fact) => fact === id)).toHaveLength(factsOf(asked, id))
    }
    const positions = (yield* log.rows({})).map(({ position }) => position)
    expect(positions).toEqual(positions.map((_, index) => index + 1))
  })

const factsOf = (asked: ReadonlyArray<string>, id: string): number => asked.indexOf(id) % 3
const expectedFacts = (asked: ReadonlyArray<string>): ReadonlyArray<string> =>
  asked.flatMap((id) => Array.from({ length: factsOf(asked, id) }, () => id))

const crash = Effect.fnUntraced(function* (memory: MemoryDisk, loss: PowerLoss, witness: Witness) {
  yield* Effect.exit(onMemory(memory)(work(witness, 12)))
  memory.restart(loss)
  yield* onMemory(memory)(verify(witness))
})

/** The machine loses power at work, then at reading, and what was read must stay. */
const crashTwice = Effect.fnUntraced(function* (
  memory: MemoryDisk,
  witness: Witness,
  random: () => number,
) {
  memory.failAt(memory.stepsCount() + 1 + Math.floor(random() * 60), "power-lost")
  yield* Effect.exit(onMemory(memory)(work(witness, 12)))
  memory.restart({ keeps: "some", random })
  memory.failAt(memory.stepsCount() + 1 + Math.floor(random() * 12), "power-lost")
  const read = yield* Effect.result(onMemory(memory)(commandsIn))
  const seen = Result.getOrElse(read, () => [])
  memory.restart({ keeps: "some", random })
  expect((yield* onMemory(memory)(commandsIn)).slice(0, seen.length)).toEqual(seen)
})

describe("power loss", () => {
  it.effect("before any step loses nothing that was answered (behaviours 61, 68, 70)", () =>
    Effect.gen(function* () {
      const whole = makeMemoryDisk()
      yield* onMemory(whole)(work({ asked: [], told: [] }, 12))
      const stepsCount = whole.stepsCount()
      expect(stepsCount).toBeGreaterThan(50)
      for (let step = 1; step <= stepsCount; step++) {
        const memory = makeMemoryDisk()
        memory.failAt(step, "power-lost")
        const random = seeded(step)
        const loss: PowerLoss = step % 2 === 0 ? { keeps: "nothing" } : { keeps: "some", random }
        yield* crash(memory, loss, { asked: [], told: [] })
      }
    }),
  )

  it.effect("again and again, also while opening, loses nothing that was seen (behaviour 70)", () =>
    Effect.gen(function* () {
      const memory = makeMemoryDisk()
      const witness: Witness = { asked: [], told: [] }
      const random = seeded(seed)
      for (let round = 0; round < roundsCount; round++) yield* crashTwice(memory, witness, random)
      yield* onMemory(memory)(verify(witness))
      expect(witness.told.length).toBeGreaterThan(roundsCount)
    }),
  )
})

describe("a disk that fails", () => {
  const faults = ["write-refused", "short-write", "sync-fails"] as const
  for (const fault of faults) {
    it.effect(`${fault}: every command after it fails, and the log is whole (behaviour 64)`, () =>
      Effect.gen(function* () {
        const whole = makeMemoryDisk()
        yield* onMemory(whole)(work({ asked: [], told: [] }, 12))
        let strikesCount = 0
        for (let step = 1; step <= whole.stepsCount(); step++) {
          const memory = makeMemoryDisk()
          const witness: Witness = { asked: [], told: [] }
          memory.failAt(step, fault)
          const isStruck = yield* failing(memory, witness)
          if (isStruck) strikesCount += 1
          memory.restart({ keeps: "some", random: seeded(step) })
          yield* onMemory(memory)(verify(witness))
          expect(yield* onMemory(memory)(commandsIn)).not.toContain("pretended")
        }
        expect(strikesCount).toBeGreaterThan(10)
      }),
    )
  }

  it.effect("what it refused is not there when it is opened again", () =>
    Effect.gen(function* () {
      const memory = makeMemoryDisk()
      yield* onMemory(memory)(
        Effect.gen(function* () {
          yield* acknowledged("kept")
          memory.failAt(memory.stepsCount() + 1, "write-refused")
          yield* (yield* EventLog).append(batch("refused"))
          yield* Effect.flip((yield* EventLog).durable)
        }),
      )
      expect(yield* onMemory(memory)(commandsIn)).toEqual(["kept"])
    }),
  )
})

/** Works until the disk fails, then asks for more; true when the log itself has failed. */
const failing = (memory: MemoryDisk, witness: Witness) =>
  Effect.gen(function* () {
    const first = yield* Effect.result(work(witness, 12))
    if (Result.isSuccess(first)) return false
    expect(first.failure.reason).toBe("write-failed")
    const log = yield* EventLog
    for (const asked of [log.append(batch("pretended")), log.durable]) {
      expect(yield* Effect.orDie(Effect.flip(Effect.asVoid(asked)))).toBe(first.failure)
    }
    return true
  }).pipe(
    onMemory(memory),
    // It struck before there was a log.
    Effect.catch(() => Effect.succeed(false)),
  )
