import { cpSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { EventLog } from "../../../../src/log/event-log.ts"
import { FileLog } from "../../../../src/log/file/file.ts"
import { makeMemoryDisk } from "../../../../src/log/file/memory-disk.ts"
import { Disk } from "../../../../src/log/file/disk.ts"
import {
  acknowledged,
  batch,
  bytesOf,
  commandsIn,
  engines,
  onMachine,
  temporaryFolder,
  using,
} from "./world.ts"

const found = Effect.gen(function* () {
  return { commands: yield* commandsIn, report: (yield* FileLog).report }
})

/** Lets a log die with its files as they are, by copying them away before it closes. */
const dying = Effect.fnUntraced(function* (engine: (typeof engines)[number], folder: string) {
  const alive = yield* temporaryFolder
  yield* onMachine({ folder: alive, engine })(
    Effect.gen(function* () {
      yield* acknowledged("a", 2)
      yield* acknowledged("b", 0)
      cpSync(alive, folder, { recursive: true, filter: (path) => !path.endsWith("horolog.lock") })
    }),
  )
})

describe("the two engines", () => {
  for (const engine of engines) {
    const other = engine === "native" ? "sql.js" : "native"

    it.effect(`${other} goes on where ${engine} was closed (behaviour 69)`, () =>
      Effect.gen(function* () {
        const folder = yield* temporaryFolder
        yield* onMachine({ folder, engine })(acknowledged("a"))
        yield* onMachine({ folder, engine: other })(acknowledged("b"))
        const { commands, report } = yield* onMachine({ folder, engine })(found)
        expect(commands).toEqual(["a", "b"])
        expect(report.folded).toBeUndefined()
      }),
    )

    it.effect(`${other} takes in what ${engine} left when it died (behaviour 69)`, () =>
      Effect.gen(function* () {
        const folder = yield* temporaryFolder
        yield* dying(engine, folder)
        const left = readdirSync(folder)
        expect(left).toContain(engine === "native" ? "horolog.sqlite-wal" : "horolog.journal.1")
        const opened = yield* onMachine({ folder, engine: other })(
          Effect.gen(function* () {
            const answer = yield* (yield* EventLog).answer("b")
            yield* acknowledged("c")
            const names = readdirSync(folder).filter((name) => /wal|journal/.test(name))
            return { ...(yield* found), answer, names }
          }),
        )
        expect(opened.commands).toEqual(["a", "a", "c"])
        expect(opened.answer?.result).toBe('"done b"')
        expect(opened.report.folded).toBe(engine === "native" ? "wal" : "journal")
        expect(opened.names).toEqual([
          engine === "native" ? "horolog.journal.3" : "horolog.sqlite-wal",
        ])
        expect((yield* onMachine({ folder, engine })(found)).commands).toEqual(["a", "a", "c"])
      }),
    )
  }

  for (const engine of engines) {
    it.effect(`${engine} refuses a journal whose checkpoint is gone, and makes no other`, () =>
      Effect.gen(function* () {
        const folder = yield* temporaryFolder
        const whole = join(folder, "whole")
        const part = join(folder, "part")
        yield* onMachine({ folder: whole, engine: "sql.js" })(acknowledged("a", 3))
        yield* onMachine({ folder: whole, engine: "sql.js" })(
          Effect.gen(function* () {
            yield* acknowledged("b")
            cpSync(join(whole, "horolog.journal.4"), join(part, "horolog.journal.4"))
          }),
        )
        const failure = yield* Effect.flip(onMachine({ folder: part, engine })(found))
        expect(failure.message).toContain("the facts 1 to 3 before it are missing")
        expect(Object.keys(bytesOf(part))).toEqual(["horolog.journal.4"])
      }),
    )
  }

  it.effect("sql.js does not open beside a write-ahead log that another program is using", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      yield* dying("native", folder)
      const other = new DatabaseSync(join(folder, "horolog.sqlite"))
      other.prepare("SELECT count(*) FROM events").get()
      const failure = yield* Effect.flip(onMachine({ folder, engine: "sql.js" })(found))
      other.close()
      expect(failure).toMatchObject({ reason: "held" })
      expect(failure.message).toContain("open in another program")
      const { commands } = yield* onMachine({ folder, engine: "sql.js" })(found)
      expect(commands).toEqual(["a", "a"])
    }),
  )

  it.effect("the native one refuses a damaged journal before it touches anything", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      yield* dying("sql.js", folder)
      const path = join(folder, "horolog.journal.1")
      const bytes = readFileSync(path)
      bytes[60] = (bytes[60] ?? 0) ^ 1
      writeFileSync(path, bytes)
      const failure = yield* Effect.flip(onMachine({ folder, engine: "native" })(found))
      expect(failure.message).toContain(`${path} at byte 48`)
      expect(readFileSync(path)).toEqual(bytes)
      expect(readdirSync(folder)).not.toContain("horolog.sqlite")
    }),
  )
})

describe("a checkpoint", () => {
  const rounds = Array.from({ length: 40 }, (_, index) => `c${index}`)

  it.effect("is made when the journal has grown, and commits go on meanwhile (behaviour 68)", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const open = onMachine({ folder, engine: "sql.js", checkpointBytes: 10_000 })
      const largest = yield* open(
        Effect.gen(function* () {
          const fileLog = yield* FileLog
          const sizes: Array<number> = []
          for (const id of rounds) {
            yield* acknowledged(id, 3)
            sizes.push(fileLog.journalBytes())
          }
          expect(statSync(join(folder, "horolog.sqlite")).size).toBeGreaterThan(0)
          return Math.max(...sizes)
        }),
      )
      expect(largest).toBeLessThan(60_000)
      expect(yield* open(commandsIn)).toEqual(rounds.flatMap((id) => [id, id, id]))
    }),
  )

  it.effect("asked for, leaves an empty journal behind the image", () =>
    Effect.gen(function* () {
      const memory = makeMemoryDisk()
      const open = using(Layer.succeed(Disk, memory.disk), { folder: "/log", engine: "sql.js" })
      yield* open(
        Effect.gen(function* () {
          const fileLog = yield* FileLog
          for (const id of ["a", "b"]) {
            yield* (yield* EventLog).append(batch(id))
            yield* fileLog.checkpoint
            expect(fileLog.journalBytes()).toBe(48)
          }
          // Answers take no position: the next segment begins where this one does.
          yield* acknowledged("refused", 0)
          yield* fileLog.checkpoint
          yield* fileLog.checkpoint
          yield* acknowledged("c")
        }),
      )
      const { commands, report } = yield* open(found)
      expect(commands).toEqual(["a", "b", "c"])
      expect(report.checkpointPosition).toBe(3)
    }),
  )

  it.effect("is not made of nothing: reading leaves a folder as it was", () =>
    Effect.gen(function* () {
      const memory = makeMemoryDisk()
      const open = using(Layer.succeed(Disk, memory.disk), { folder: "/log", engine: "sql.js" })
      yield* open(commandsIn)
      expect([...memory.files().keys()]).toEqual([])
    }),
  )
})
