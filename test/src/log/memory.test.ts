import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { it } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import { afterAll, expect } from "vitest"
import { EventLog } from "../../../src/log/event-log.ts"
import { layer, yieldingLayer } from "../../../src/log/memory.ts"
import { makeStore } from "../../../src/log/sql/make-store.ts"
import { openSqlJs } from "../../../src/log/sql/sqljs.ts"
import { makeRandom, Random } from "../../../src/random.ts"
import { eventLogContract } from "../../contract/event-log.ts"
import { workload } from "../../contract/log-batches.ts"

const opened = (log: typeof layer) =>
  Effect.map(Layer.build(Layer.provide(log, Random.layer)), (built) => Context.get(built, EventLog))

eventLogContract("memory", { place: () => ({ open: opened(layer) }), survives: false })

eventLogContract("memory that yields at every call", {
  place: () => ({ open: opened(yieldingLayer) }),
  survives: false,
})

const folder = mkdtempSync(join(tmpdir(), "horolog-test-"))
afterAll(() => rmSync(folder, { recursive: true }))

it.effect("a log in memory is saved into a file, and never over another one", () =>
  Effect.gen(function* () {
    const log = yield* opened(layer)
    for (const one of workload(8, 100)) yield* log.append(one)
    const file = join(folder, "saved.sqlite")
    yield* log.backup(file)
    const saved = makeStore(yield* Effect.promise(() => openSqlJs(readFileSync(file))), {
      random: makeRandom(),
    })
    expect(saved.rows({})).toEqual(yield* log.rows({}))
    const refused = yield* Effect.flip(log.backup(file))
    expect(refused.message).toContain(file)
    for (const one of workload(8, 110)) yield* log.append(one)
    yield* log.durable
  }),
)
