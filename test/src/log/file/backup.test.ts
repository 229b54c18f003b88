import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { EventLog } from "../../../../src/log/event-log.ts"
import { nodeDisk } from "../../../../src/log/file/node-disk.ts"
import { restore } from "../../../../src/log/file/restore.ts"
import { acknowledged, batch, commandsIn, engines, onMachine, temporaryFolder } from "./world.ts"

const tablesIn = (file: string): ReadonlyArray<string> => {
  const database = new DatabaseSync(file, { readOnly: true })
  const ids = database.prepare("SELECT json_extract(meta, '$.command.id') AS id FROM events").all()
  database.close()
  return ids.map(({ id }) => String(id))
}

for (const engine of engines) {
  describe(`a backup (${engine})`, () => {
    it.effect("holds everything durable at one moment, while appends go on", () =>
      Effect.gen(function* () {
        const folder = yield* temporaryFolder
        const file = join(folder, "backup.sqlite")
        const all = yield* onMachine({ folder: join(folder, "log"), engine })(
          Effect.gen(function* () {
            const log = yield* EventLog
            for (let index = 0; index < 50; index++) yield* log.append(batch(`c${index}`, 20))
            const writing = yield* Effect.forkChild(
              Effect.forever(Effect.suspend(() => acknowledged(`m${count++}`))),
            )
            let count = 0
            yield* log.backup(file)
            yield* Fiber.interrupt(writing)
            yield* acknowledged("later")
            return yield* commandsIn
          }),
        )
        const saved = tablesIn(file)
        expect(saved.length).toBeGreaterThanOrEqual(1000)
        expect(saved).toEqual(all.slice(0, saved.length))
        expect(saved).not.toContain("later")
        expect(statSync(file).mode & 0o777).toBe(0o600)
        expect(readdirSync(folder).toSorted()).toEqual(["backup.sqlite", "log"])
      }),
    )

    it.effect("restored into a new folder is a log again, to either engine", () =>
      Effect.gen(function* () {
        const folder = yield* temporaryFolder
        const file = join(folder, "backup.sqlite")
        const open = onMachine({ folder: join(folder, "log"), engine })
        yield* open(
          Effect.gen(function* () {
            yield* acknowledged("a", 2)
            yield* (yield* EventLog).backup(file)
          }),
        )
        for (const other of engines) {
          const target = join(folder, "new", other)
          yield* restore(nodeDisk, file, target)
          const again = onMachine({ folder: target, engine: other })
          yield* again(acknowledged("b"))
          expect(yield* again(commandsIn)).toEqual(["a", "a", "b"])
        }
      }),
    )

    it.effect("never overwrites a file", () =>
      Effect.gen(function* () {
        const folder = yield* temporaryFolder
        const file = join(folder, "mine.txt")
        writeFileSync(file, "mine")
        const failure = yield* onMachine({ folder: join(folder, "log"), engine })(
          Effect.gen(function* () {
            const failed = yield* Effect.flip((yield* EventLog).backup(file))
            yield* acknowledged("the log goes on")
            return failed
          }),
        )
        expect(failure.message).toContain(file)
        expect(readFileSync(file, "utf8")).toBe("mine")
      }),
    )

    it.effect("that cannot be written is an error, and the log goes on", () =>
      Effect.gen(function* () {
        const folder = yield* temporaryFolder
        const file = join(folder, "no", "such", "folder.sqlite")
        const failure = yield* onMachine({ folder: join(folder, "log"), engine })(
          Effect.gen(function* () {
            const failed = yield* Effect.flip((yield* EventLog).backup(file))
            yield* acknowledged("the log goes on")
            return failed
          }),
        )
        expect(failure.message).toContain("ENOENT")
      }),
    )
  })
}

describe("restoring", () => {
  it.effect("refuses a folder that holds a log, or is in use", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const file = join(folder, "backup.sqlite")
      const target = join(folder, "log")
      yield* onMachine({ folder: target, engine: "sql.js" })(
        Effect.gen(function* () {
          yield* acknowledged("a")
          yield* (yield* EventLog).backup(file)
          expect((yield* Effect.flip(restore(nodeDisk, file, target))).reason).toBe("held")
        }),
      )
      const before = readFileSync(join(target, "horolog.sqlite"))
      const failure = yield* Effect.flip(restore(nodeDisk, file, target))
      expect(failure.message).toContain("holds a log already (horolog.sqlite)")
      expect(readFileSync(join(target, "horolog.sqlite"))).toEqual(before)
    }),
  )

  it.effect("refuses what is not a backup of ours, and leaves nothing behind", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const foreign = join(folder, "foreign.sqlite")
      const database = new DatabaseSync(foreign)
      database.exec("CREATE TABLE notes (text)")
      database.close()
      const text = join(folder, "notes.txt")
      writeFileSync(text, "no database at all".repeat(1000))
      const target = join(folder, "new")
      const refused = [
        [foreign, "it holds no log of horolog"],
        [text, "file is not a database"],
        [join(folder, "nowhere.sqlite"), "there is no such file"],
      ] as const
      for (const [file, why] of refused) {
        const failure = yield* Effect.flip(restore(nodeDisk, file, target))
        expect(failure.message).toContain(why)
        expect(failure.message).toContain(file)
        const left = existsSync(target) ? readdirSync(target) : []
        expect(left.filter((name) => name !== "horolog.lock")).toEqual([])
      }
    }),
  )

  it.effect("refuses a damaged backup", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const file = join(folder, "backup.sqlite")
      yield* onMachine({ folder: join(folder, "log"), engine: "sql.js" })(
        Effect.gen(function* () {
          yield* acknowledged("a", 200)
          yield* (yield* EventLog).backup(file)
        }),
      )
      const bytes = readFileSync(file)
      writeFileSync(file, bytes.fill(0xff, bytes.length / 2, bytes.length / 2 + 5000))
      const failure = yield* Effect.flip(restore(nodeDisk, file, join(folder, "new")))
      expect(failure.message).toContain(file)
      expect(failure.message).toMatch(/damaged|malformed/)
      expect(existsSync(join(folder, "new", "horolog.sqlite"))).toBe(false)
    }),
  )

  it.effect("refuses the file of a log that is in use", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const failure = yield* onMachine({ folder, engine: "native" })(
        Effect.andThen(
          acknowledged("a"),
          Effect.flip(restore(nodeDisk, join(folder, "horolog.sqlite"), join(folder, "new"))),
        ),
      )
      expect(failure.message).toContain("still in its write-ahead log")
    }),
  )
})
