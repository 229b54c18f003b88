import { Effect, Layer, ManagedRuntime, Stream } from "effect"
import { EventLog } from "../../src/log/event-log.ts"
import * as MemoryLog from "../../src/log/memory.ts"
import { countingRandom, settingsOf } from "./world.ts"

type Log = EventLog["Service"]

/** A log in memory that outlives the worlds built on it, as a disk outlives processes. */
export const sharedLog = async () => {
  const runtime = ManagedRuntime.make(
    MemoryLog.layer.pipe(Layer.provide(Layer.mergeAll(countingRandom(), settingsOf()))),
  )
  const log = await runtime.runPromise(EventLog)
  return {
    layer: Layer.succeed(EventLog, log),
    /** The same log as a process sees it that can be killed: from then on it hears and does nothing. */
    mortal: () => mortal(log),
    dispose: () => runtime.dispose(),
  }
}

const mortal = (log: Log) => {
  let dead = false
  const alive = <A, E>(effect: Effect.Effect<A, E>): Effect.Effect<A, E> =>
    Effect.suspend(() => (dead ? Effect.never : effect))
  const service: Log = {
    ...log,
    append: (batch) => alive(log.append(batch)),
    durable: alive(log.durable),
    query: (sql, params) => alive(log.query(sql, params)),
    subscribe: (after) => Stream.takeWhile(log.subscribe(after), () => !dead),
  }
  const kill = () => {
    dead = true
  }
  return { layer: Layer.succeed(EventLog, EventLog.of(service)), kill }
}
