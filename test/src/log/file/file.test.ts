import { readFileSync, readdirSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { EventLog } from "../../../../src/log/event-log.ts"
import { FileLog } from "../../../../src/log/file/file.ts"
import { acknowledged, commandsIn, engines, onMachine, temporaryFolder } from "./world.ts"

for (const engine of engines) {
  describe(`the log of a folder (${engine})`, () => {
    it.effect("is there again after it was closed", () =>
      Effect.gen(function* () {
        const folder = yield* temporaryFolder
        const open = onMachine({ folder, engine })
        yield* open(Effect.andThen(acknowledged("a", 2), acknowledged("b")))
        const found = yield* open(
          Effect.gen(function* () {
            const log = yield* EventLog
            yield* acknowledged("c")
            return [yield* commandsIn, yield* log.answer("a"), (yield* FileLog).report] as const
          }),
        )
        expect(found).toEqual([
          ["a", "a", "b", "c"],
          { bodyHash: "asked", result: '"done a"' },
          {
            checkpointPosition: 3,
            replayedCount: 0,
            headPosition: 3,
            dropped: undefined,
            folded: undefined,
          },
        ])
      }),
    )

    it.effect("closed, it is one SQLite file that only its owner reads", () =>
      Effect.gen(function* () {
        const folder = yield* temporaryFolder
        yield* onMachine({ folder, engine })(acknowledged("a"))
        expect(readdirSync(folder).toSorted()).toEqual(["horolog.lock", "horolog.sqlite"])
        for (const name of readdirSync(folder)) {
          expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600)
        }
      }),
    )

    it.effect("refuses a second opening and says who holds it (behaviour 65)", () =>
      Effect.gen(function* () {
        const folder = yield* temporaryFolder
        const open = onMachine({ folder, engine })
        const failure = yield* open(
          Effect.gen(function* () {
            yield* (yield* FileLog).announce({ address: "http://127.0.0.1:4747", token: "secret" })
            return yield* Effect.flip(open(commandsIn))
          }),
        )
        expect(failure).toMatchObject({ reason: "held" })
        expect(failure.message).toContain(`process ${process.pid} since 19`)
        expect(failure.message).toContain("http://127.0.0.1:4747")
        expect(failure.message).not.toContain("secret")
        expect(yield* open(commandsIn)).toEqual([])
      }),
    )

    it.effect("refuses a file that is no log", () =>
      Effect.gen(function* () {
        const folder = yield* temporaryFolder
        const file = join(folder, "horolog.sqlite")
        writeFileSync(file, "these are my notes, not a database".repeat(100))
        const failure = yield* Effect.flip(onMachine({ folder, engine })(commandsIn))
        expect(failure).toMatchObject({ reason: "damaged" })
        expect(failure.message).toContain(file)
        expect(readFileSync(file, "utf8")).toContain("my notes")
      }),
    )
  })
}
