/**
 * A process that fills its disk: it appends until that fails, asks once more, frees some space,
 * opens the log again and prints what it met, as JSON.
 */
import { rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { Effect, Layer } from "effect"
import { EventLog, type LogFailed, type VersionConflict } from "../../src/log/event-log.ts"
import { layer } from "../../src/log/file/file.ts"
import * as NodeDisk from "../../src/log/file/node-disk.ts"
import { Random } from "../../src/random.ts"
import { commandIdOf, commandOf } from "./commands.ts"

const [folder = "", engine = "sql.js"] = process.argv.slice(2)
const ballast = join(folder, "ballast")
const ballastBytes = 1024 * 1024

const log = layer({ folder, engine: engine === "native" ? "native" : "sql.js" })
const using = <A, E>(use: Effect.Effect<A, E, EventLog>) =>
  Effect.runPromise(Effect.provide(use, Layer.provide(log, [NodeDisk.layer, Random.layer])))

let acknowledgedCount = 0

const lasting = Effect.fnUntraced(function* (index: number) {
  const { append, durable } = yield* EventLog
  yield* append(commandOf(index))
  yield* durable
})

const fill = Effect.gen(function* () {
  for (;;) {
    yield* lasting(acknowledgedCount)
    acknowledgedCount += 1
  }
})

type Failure = LogFailed | VersionConflict
const said = (failure: Failure) =>
  failure._tag === "LogFailed" ? [failure.reason, failure.message] : [failure._tag]

const full = await using(
  Effect.gen(function* () {
    writeFileSync(ballast, Buffer.alloc(ballastBytes))
    const first = yield* Effect.flip(fill)
    const second = yield* Effect.flip(lasting(acknowledgedCount + 1))
    return { first: said(first), second: said(second) }
  }),
)
rmSync(ballast)
const again = await using(
  Effect.gen(function* () {
    const { answer, read } = yield* EventLog
    yield* lasting(acknowledgedCount + 2)
    let answeredCount = 0
    for (let index = 0; index < acknowledgedCount; index++) {
      if ((yield* answer(commandIdOf(index))) !== undefined) answeredCount += 1
    }
    const positions = (yield* read({})).map(({ position }) => position)
    const pretended = yield* answer(commandIdOf(acknowledgedCount + 1))
    return {
      answeredCount,
      isUnbroken: positions.every((position, index) => position === index + 1),
      hasPretended: pretended !== undefined,
    }
  }),
)
process.stdout.write(JSON.stringify({ ...full, ...again, acknowledgedCount }))
