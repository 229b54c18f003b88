import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Context, Effect, Layer } from "effect"
import { afterAll } from "vitest"
import { EventLog } from "../../../../src/log/event-log.ts"
import { layer } from "../../../../src/log/file/file.ts"
import * as NodeDisk from "../../../../src/log/file/node-disk.ts"
import { Random } from "../../../../src/random.ts"
import { eventLogContract } from "../../../contract/event-log.ts"
import type { Place } from "../../../contract/log/trial.ts"
import { engines } from "./world.ts"

const root = mkdtempSync(join(tmpdir(), "horolog-contract-"))
afterAll(() => rmSync(root, { recursive: true, force: true }))

let placesCount = 0

for (const engine of engines) {
  const place = (): Place => {
    const folder = join(root, `${engine}-${(placesCount += 1)}`)
    const log = Layer.provide(layer({ folder, engine }), [NodeDisk.layer, Random.layer])
    return { open: Effect.map(Layer.build(log), (context) => Context.get(context, EventLog)) }
  }
  eventLogContract(`a folder with ${engine}`, { place, survives: true })
}
