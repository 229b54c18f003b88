import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { EventLog, type StoredRow } from "../../../../src/log/event-log.ts"
import { Disk } from "../../../../src/log/file/disk.ts"
import { FileLog } from "../../../../src/log/file/file.ts"
import { encodeGroup, headerAt } from "../../../../src/log/file/frame.ts"
import { makeMemoryDisk, type MemoryDisk } from "../../../../src/log/file/memory-disk.ts"
import { genesisHash, linkHash } from "../../../../src/log/sql/chain.ts"
import { commit, flipped } from "./commits.ts"
import { acknowledged, batch, commandsIn, using } from "./world.ts"

const folder = "/log"
const journal = `${folder}/horolog.journal.1`

const onMemory = (memory: MemoryDisk) =>
  using(Layer.succeed(Disk, memory.disk), { folder, engine: "sql.js" })

/** What the disk holds when the process dies after three groups; the last has three commits. */
const afterDeath = Effect.gen(function* () {
  const memory = makeMemoryDisk()
  yield* onMemory(memory)(
    Effect.gen(function* () {
      const log = yield* EventLog
      yield* acknowledged("a", 2)
      yield* acknowledged("refused", 0)
      for (const id of ["x", "y", "z"]) yield* log.append(batch(id))
      yield* log.durable
      memory.failAt(memory.stepsCount() + 1, "power-lost")
    }),
  )
  memory.restart({ keeps: "nothing" })
  return memory.files().get(journal) ?? new Uint8Array(0)
})

const diskWith = (files: Readonly<Record<string, Uint8Array>>): MemoryDisk => {
  const memory = makeMemoryDisk()
  for (const [path, bytes] of Object.entries(files)) memory.put(path, bytes)
  return memory
}

const groupStarts = (bytes: Uint8Array): ReadonlyArray<number> =>
  Array.from(bytes.keys()).filter((at) => headerAt(Buffer.from(bytes), at) !== undefined)

const kept = (memory: MemoryDisk) => {
  const { "horolog.serve.json": _gone, ...files } = Object.fromEntries(
    [...memory.files()].map(([path, bytes]) => [path.slice(folder.length + 1), bytes]),
  )
  return files
}

const reported = Effect.gen(function* () {
  return { commands: yield* commandsIn, report: (yield* FileLog).report }
})

describe("the journal of a process that died", () => {
  it.effect("is replayed", () =>
    Effect.gen(function* () {
      const memory = diskWith({ [journal]: yield* afterDeath })
      const { commands, report } = yield* onMemory(memory)(reported)
      expect(commands).toEqual(["a", "a", "x", "y", "z"])
      expect(report).toMatchObject({ replayedCount: 5, headPosition: 5, dropped: undefined })
      const answer = yield* onMemory(memory)(
        Effect.flatMap(EventLog, (log) => log.answer("refused")),
      )
      expect(answer).toEqual({ bodyHash: "asked", result: '"done refused"' })
    }),
  )

  it.effect(
    "cut at any byte of its last group, it loses what is not whole and says so (behaviour 61)",
    () =>
      Effect.gen(function* () {
        const bytes = yield* afterDeath
        const lastAt = groupStarts(bytes).at(-1) ?? 0
        const all = ["a", "a", "x", "y", "z"]
        let lastCount = 2
        // Every byte of the last record, and some of those before.
        const recordAt = bytes.length - (bytes.length - lastAt) / 3
        for (let length = lastAt; length < bytes.length; length += length < recordAt ? 23 : 1) {
          const memory = diskWith({ [journal]: bytes.subarray(0, length) })
          const { commands, report } = yield* onMemory(memory)(reported)
          expect(commands).toEqual(all.slice(0, commands.length))
          expect(commands.length).toBeGreaterThanOrEqual(lastCount)
          lastCount = commands.length
          const { file, offset = length, bytesCount = 0 } = report.dropped ?? {}
          expect([file ?? journal, offset + bytesCount]).toEqual([journal, length])
          if (length % 50 === 0) expect(yield* onMemory(memory)(commandsIn)).toEqual(commands)
        }
        expect(lastCount).toBe(4)
      }),
  )

  it.effect(
    "with a byte turned over before what was synced it is refused, and left alone (behaviour 62)",
    () =>
      Effect.gen(function* () {
        const bytes = yield* afterDeath
        const starts = groupStarts(bytes)
        for (let at = 0; at < (starts.at(-1) ?? 0); at++) {
          const memory = diskWith({ [journal]: flipped(bytes, at) })
          const before = kept(memory)
          const failure = yield* Effect.flip(onMemory(memory)(reported))
          expect(failure.reason).toBe("damaged")
          const [, offset] = /horolog\.journal\.1 at byte (\d+)/.exec(failure.message) ?? []
          expect(Number(offset)).toBeLessThanOrEqual(at)
          expect(kept(memory)).toEqual(before)
        }
      }),
  )

  it.effect("with a byte turned over in its last group it opens with what is before", () =>
    Effect.gen(function* () {
      const bytes = yield* afterDeath
      const memory = diskWith({ [journal]: flipped(bytes, (groupStarts(bytes).at(-1) ?? 0) + 9) })
      const { commands, report } = yield* onMemory(memory)(reported)
      expect(commands).toEqual(["a", "a"])
      expect(report.dropped).toMatchObject({ file: journal, offset: groupStarts(bytes).at(-1) })
    }),
  )

  it.effect("is mended once: what was dropped is cut off for good", () =>
    Effect.gen(function* () {
      const bytes = yield* afterDeath
      const memory = diskWith({ [journal]: Buffer.concat([bytes, Buffer.alloc(10_000)]) })
      yield* onMemory(memory)(
        Effect.gen(function* () {
          expect((yield* FileLog).report.dropped).toMatchObject({ bytesCount: 10_000 })
          memory.failAt(memory.stepsCount() + 1, "power-lost")
          yield* Effect.flip(acknowledged("lost"))
        }),
      )
      memory.restart({ keeps: "nothing" })
      expect((yield* onMemory(memory)(reported)).report.dropped).toBeUndefined()
    }),
  )

  it.effect("goes on behind what was dropped", () =>
    Effect.gen(function* () {
      const bytes = yield* afterDeath
      const memory = diskWith({ [journal]: bytes.subarray(0, bytes.length - 1) })
      yield* onMemory(memory)(
        Effect.gen(function* () {
          yield* acknowledged("again", 2)
          memory.failAt(memory.stepsCount() + 1, "power-lost")
        }),
      )
      memory.restart({ keeps: "nothing" })
      const { commands, report } = yield* onMemory(memory)(reported)
      expect(commands).toEqual(["a", "a", "x", "y", "again", "again"])
      expect(report.dropped).toBeUndefined()
    }),
  )
})

describe("a log with a part missing", () => {
  /** A checkpoint of "a", a segment with "b", and a later one with "c". */
  const files = Effect.gen(function* () {
    const memory = makeMemoryDisk()
    const found: Record<string, Uint8Array> = {}
    const open = onMemory(memory)
    yield* open(acknowledged("a"))
    yield* open(
      Effect.gen(function* () {
        yield* acknowledged("b")
        Object.assign(found, kept(memory))
        yield* (yield* FileLog).checkpoint
        yield* acknowledged("c")
        const { "horolog.sqlite": _newer, ...later } = kept(memory)
        Object.assign(found, later)
      }),
    )
    return Object.fromEntries(
      Object.entries(found).map(([name, bytes]) => [`${folder}/${name}`, bytes]),
    )
  })

  const without = (all: Readonly<Record<string, Uint8Array>>, name: string) =>
    Object.fromEntries(Object.entries(all).filter(([path]) => path !== `${folder}/${name}`))

  it.effect("is whole with all its files", () =>
    Effect.gen(function* () {
      const all = yield* files
      expect(Object.keys(all)).toHaveLength(3)
      const { commands } = yield* onMemory(diskWith(all))(reported)
      expect(commands).toEqual(["a", "b", "c"])
    }),
  )

  const parts = [
    ["horolog.sqlite", "the facts 1 to 1 before it are missing"],
    ["horolog.journal.2", "the facts 2 to 2 before it are missing"],
  ] as const
  for (const [name, why] of parts) {
    it.effect(`refuses the gap where ${name} was, and changes nothing`, () =>
      Effect.gen(function* () {
        const memory = diskWith(without(yield* files, name))
        const before = kept(memory)
        const failure = yield* Effect.flip(onMemory(memory)(reported))
        expect(failure.reason).toBe("damaged")
        expect(failure.message).toContain(why)
        expect(kept(memory)).toEqual(before)
      }),
    )
  }

  it.effect("does not miss a segment that its checkpoint already holds", () =>
    Effect.gen(function* () {
      const memory = makeMemoryDisk()
      yield* onMemory(memory)(Effect.andThen(acknowledged("a"), acknowledged("b")))
      const all = yield* files
      const newer = kept(memory)["horolog.sqlite"] ?? new Uint8Array(0)
      const other = { ...without(all, "horolog.journal.2"), [`${folder}/horolog.sqlite`]: newer }
      const failure = yield* Effect.flip(onMemory(diskWith(other))(reported))
      expect(failure.message).toContain("fact 3 does not follow the one before it")
    }),
  )

  it.effect("refuses a segment that holds nothing, but begins where more should be", () =>
    Effect.gen(function* () {
      const memory = makeMemoryDisk()
      const left: Record<string, Uint8Array> = {}
      yield* onMemory(memory)(
        Effect.gen(function* () {
          yield* acknowledged("a", 3)
          yield* (yield* FileLog).checkpoint
          const path = `${folder}/horolog.journal.4`
          left[path] = memory.files().get(path) ?? new Uint8Array(0)
        }),
      )
      const failure = yield* Effect.flip(onMemory(diskWith(left))(reported))
      expect(failure.message).toContain("the facts 1 to 3 before it are missing")
    }),
  )

  it.effect("refuses the gap where a segment of mere answers was", () =>
    Effect.gen(function* () {
      const memory = makeMemoryDisk()
      const segments: Record<string, Uint8Array> = {}
      yield* onMemory(memory)(
        Effect.gen(function* () {
          for (const [id, factsCount] of [
            ["a", 1],
            ["refused", 0],
            ["c", 1],
          ] as const) {
            yield* acknowledged(id, factsCount)
            Object.assign(segments, kept(memory))
            yield* (yield* FileLog).checkpoint
          }
        }),
      )
      const names = ["horolog.journal.1", "horolog.journal.2.1"]
      const left = names.map((name) => [`${folder}/${name}`, segments[name]])
      const failure = yield* Effect.flip(onMemory(diskWith(Object.fromEntries(left)))(reported))
      expect(failure.message).toContain("what stood between horolog.journal.1 and it is missing")
    }),
  )

  it.effect("refuses a damaged end where a later segment proves that it was whole", () =>
    Effect.gen(function* () {
      const all = yield* files
      const path = `${folder}/horolog.journal.2`
      const bytes = all[path] ?? new Uint8Array(0)
      const torn = diskWith({ ...all, [path]: bytes.subarray(0, bytes.length - 1) })
      const failure = yield* Effect.flip(onMemory(torn)(reported))
      expect(failure.message).toContain(`${path} at byte 48`)
      const empty = diskWith({ ...all, [path]: new Uint8Array(0) })
      expect((yield* Effect.flip(onMemory(empty)(reported))).message).toContain(path)
    }),
  )
})

describe("a journal of a newer release (behaviour 66)", () => {
  it.effect("is refused by the name of that release, and left alone", () =>
    Effect.gen(function* () {
      const row = newerRow()
      const record = { firstPosition: 1, previousHash: genesisHash, facts: [row] }
      const bytes = encodeGroup([record], { offset: 0, syncedTo: 0, firstPosition: 1 })
      const memory = diskWith({ [journal]: bytes })
      const failure = yield* Effect.flip(onMemory(memory)(reported))
      expect(failure.reason).toBe("unreadable")
      expect(failure.message).toContain("job.teleported")
      expect(failure.message).toContain("9.9.9")
      expect(Buffer.from(memory.files().get(journal) ?? [])).toEqual(Buffer.from(bytes))
    }),
  )
})

const newerRow = (): StoredRow => {
  const [row] = commit(1).facts
  if (row === undefined) throw new Error("a commit without facts")
  const meta = JSON.stringify({ ...batch("c").meta, app: "9.9.9" })
  const newer = { ...row, type: "job.teleported", meta }
  return { ...newer, hash: linkHash(genesisHash, newer) }
}
