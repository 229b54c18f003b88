import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect, Layer, type Scope } from "effect"
import type { Recorded } from "../../../../events/envelope.ts"
import { EventLog, type Batch, type LogFailed } from "../../../../src/log/event-log.ts"
import { type Disk } from "../../../../src/log/file/disk.ts"
import { type FileLog, layer, type FileLogOptions } from "../../../../src/log/file/file.ts"
import * as NodeDisk from "../../../../src/log/file/node-disk.ts"
import { Random } from "../../../../src/random.ts"

export const engines = ["sql.js", "native"] as const

/** A command that pauses the clock as often as asked for; never, and it is only answered. */
export const batch = (commandId: string, factsCount = 1): Batch => ({
  commandId,
  at: 1_764_000_000_000,
  meta: {
    actor: { kind: "user", id: "ada" },
    command: { id: commandId, name: "pause" },
    correlationId: commandId,
    instance: "test",
    app: "0.0.0",
  },
  facts: Array.from({ length: factsCount }, () => ({
    stream: "clock",
    fact: { type: "clock.paused" } as const,
  })),
  expected: [],
  answer: { bodyHash: "asked", result: JSON.stringify(`done ${commandId}`) },
})

/** Appends and waits until it lasts. */
export const acknowledged = Effect.fnUntraced(function* (commandId: string, factsCount = 1) {
  const log = yield* EventLog
  yield* log.append(batch(commandId, factsCount))
  yield* log.durable
})

/** The commands whose facts are in the log, in order, one entry per fact. */
export const commandsIn = Effect.gen(function* () {
  const log = yield* EventLog
  const facts: ReadonlyArray<Recorded> = yield* log.read({})
  return facts.map(({ meta }) => meta.command.id)
})

type Using<A, E> = Effect.Effect<A, E, EventLog | FileLog | Scope.Scope>

/** Opens a log on a disk, uses it, and closes it. */
export const using =
  (disk: Layer.Layer<Disk>, options: FileLogOptions) =>
  <A, E>(use: Using<A, E>): Effect.Effect<A, E | LogFailed> =>
    use.pipe(Effect.scoped, Effect.provide(Layer.provide(layer(options), [disk, Random.layer])))

/** A folder of the machine that goes with the scope. */
export const temporaryFolder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "horolog-test-"))),
  (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true })),
)

export const onMachine = (options: FileLogOptions) => using(NodeDisk.layer, options)

/** All files of a folder but the lock, which must never be opened, and whoever holds it. */
export const bytesOf = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder)
      .filter((name) => !["horolog.lock", "horolog.serve.json"].includes(name))
      .map((name) => [name, readFileSync(join(folder, name)).toString("base64")]),
  )

/** Chance that repeats itself. */
export const seeded = (seed: number): (() => number) => {
  let state = seed * 2_654_435_761 + 1
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
