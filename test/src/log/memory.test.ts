import { Context, Effect, Layer } from "effect"
import { EventLog } from "../../../src/log/event-log.ts"
import { layer, yieldingLayer } from "../../../src/log/memory.ts"
import { Random } from "../../../src/random.ts"
import { eventLogContract } from "../../contract/event-log.ts"

const opened = (log: typeof layer) =>
  Effect.map(Layer.build(Layer.provide(log, Random.layer)), (built) => Context.get(built, EventLog))

eventLogContract("memory", { place: () => ({ open: opened(layer) }), survives: false })

eventLogContract("memory that yields at every call", {
  place: () => ({ open: opened(yieldingLayer) }),
  survives: false,
})
