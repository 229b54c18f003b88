import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { openJournal } from "../../../../src/log/file/journal.ts"
import { makeMemoryDisk, type MemoryDisk } from "../../../../src/log/file/memory-disk.ts"
import { findSegments } from "../../../../src/log/file/open.ts"
import { commit } from "./commits.ts"

const folder = "/log"
const fresh = { folder, segments: [], offset: 0, nextPosition: 1 }
const written = (memory: MemoryDisk, name: string): Uint8Array =>
  memory.files().get(`${folder}/${name}`) ?? new Uint8Array(0)

describe("the journal", () => {
  it.effect("writes nothing before the first commit", () =>
    Effect.gen(function* () {
      const memory = makeMemoryDisk()
      const journal = yield* openJournal(memory.disk, fresh)
      yield* journal.rotate
      yield* journal.removeAll
      yield* journal.append([])
      expect(memory.files().size).toBe(0)
    }),
  )

  it.effect("makes a group durable in one write and one sync", () =>
    Effect.gen(function* () {
      const memory = makeMemoryDisk()
      const journal = yield* openJournal(memory.disk, fresh)
      yield* journal.append([commit(1), commit(2)])
      const before = memory.stepsCount()
      yield* journal.append([commit(3), commit(4)])
      expect(memory.stepsCount() - before).toBe(2)
      memory.restart({ keeps: "nothing" })
      const [segment] = yield* findSegments(memory.disk, folder)
      expect(segment?.frames).toHaveLength(4)
    }),
  )

  it.effect("never has two groups in flight", () =>
    Effect.gen(function* () {
      const memory = makeMemoryDisk()
      const journal = yield* openJournal(memory.disk, fresh)
      const positions = Array.from({ length: 50 }, (_, index) => index + 1)
      yield* Effect.forEach(positions, (position) => journal.append([commit(position)]), {
        concurrency: "unbounded",
      })
      const [segment] = yield* findSegments(memory.disk, folder)
      expect(segment?.frames).toHaveLength(50)
    }),
  )

  it.effect("rotates between groups and proves that what is older was synced", () =>
    Effect.gen(function* () {
      const memory = makeMemoryDisk()
      const journal = yield* openJournal(memory.disk, fresh)
      yield* journal.append([commit(1, 3)])
      yield* journal.rotate
      yield* journal.append([commit(4, 0)])
      yield* journal.rotate
      yield* journal.append([commit(4)])
      const segments = yield* findSegments(memory.disk, folder)
      expect(segments.map(({ name }) => name)).toEqual([
        "horolog.journal.1",
        "horolog.journal.4",
        "horolog.journal.4.1",
      ])
      const [first, second] = segments
      expect(second?.startsAt).toBe(first?.wholeTo)
      expect(journal.sizeBytes()).toBe(
        segments.reduce((sum, segment) => sum + segment.bytes.length, 0),
      )
      yield* journal.removeOlder
      expect([...memory.files().keys()]).toEqual([`${folder}/horolog.journal.4.1`])
    }),
  )

  const faults = [
    ["write-refused", "ENOSPC", "space"],
    ["short-write", "short", "space"],
    ["sync-fails", "EIO", "disk"],
  ] as const
  for (const [fault, code, hint] of faults) {
    it.effect(`stops for good when the disk fails: ${fault} (behaviour 64)`, () =>
      Effect.gen(function* () {
        const memory = makeMemoryDisk()
        const journal = yield* openJournal(memory.disk, fresh)
        yield* journal.append([commit(1)])
        const steps = memory.stepsCount()
        memory.failAt(steps + 1, fault)
        memory.failAt(steps + 2, fault)
        const failure = yield* Effect.flip(journal.append([commit(2)]))
        expect(failure.reason).toBe("write-failed")
        expect(failure.message).toContain(code)
        expect(failure.hint).toContain(hint)

        const bytes = written(memory, "horolog.journal.1")
        expect(yield* Effect.flip(journal.append([commit(2)]))).toBe(failure)
        expect(yield* Effect.flip(journal.rotate)).toBe(failure)
        expect(yield* Effect.flip(journal.removeAll)).toBe(failure)
        expect(written(memory, "horolog.journal.1")).toEqual(bytes)
      }),
    )
  }
})
