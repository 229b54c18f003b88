import { writeFile } from "node:fs/promises"
import { Effect, Layer, type Scope } from "effect"
import { Random } from "../random.ts"
import { EventLog, LogFailed } from "./event-log.ts"
import { makeEventLog } from "./shell.ts"
import type { SqlEngine } from "./sql/engine.ts"
import { makeStore } from "./sql/make-store.ts"
import { openSqlJs } from "./sql/sqljs.ts"
import type { Store } from "./sql/store.ts"
import { yielding } from "./yielding.ts"

/** A log that lives as long as its scope: everything a log does, but lasting. */
const make = Effect.fnUntraced(function* (): Effect.fn.Return<
  EventLog["Service"],
  never,
  Random | Scope.Scope
> {
  const random = yield* Random
  const engine = yield* Effect.acquireRelease(
    Effect.promise(() => openSqlJs()),
    closeEngine,
  )
  const store = makeStore(engine, { random })
  const { log } = yield* makeEventLog(store, {
    persist: () => Effect.void,
    backup: (file) => saveImage(store, file),
  })
  return log
})

const closeEngine = (engine: SqlEngine) => Effect.sync(() => engine.close())

const saveImage = (store: Store, file: string): Effect.Effect<void, LogFailed> =>
  Effect.tryPromise({
    try: () => writeFile(file, store.image(), { flag: "wx" }),
    catch: (cause) =>
      new LogFailed({
        reason: "unreadable",
        message: `The backup ${file} could not be written: ${String(cause)}.`,
        hint: "Name a file that does not exist yet, in a folder that does.",
      }),
  })

export const layer: Layer.Layer<EventLog, never, Random> = Layer.effect(EventLog, make())

/** The same, but it yields at every call, as a log on another machine would. */
export const yieldingLayer: Layer.Layer<EventLog, never, Random> = Layer.effect(
  EventLog,
  Effect.map(make(), yielding),
)
