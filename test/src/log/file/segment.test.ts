import { describe, expect, test } from "vitest"
import { encodeGroup, recordIn } from "../../../../src/log/file/frame.ts"
import { segmentName, segmentNames, survey } from "../../../../src/log/file/segment.ts"
import type { CommitRecord } from "../../../../src/log/sql/store.ts"
import { commit, flipped } from "./commits.ts"

/** Groups as a journal writes them, from an offset on, and where each of them begins. */
const segmentOf = (groups: ReadonlyArray<ReadonlyArray<CommitRecord>>, startsAt = 0) => {
  const begins: Array<number> = []
  let bytes = Buffer.alloc(0)
  for (const records of groups) {
    begins.push(bytes.length)
    const offset = startsAt + bytes.length
    const firstPosition = records[0]?.firstPosition ?? 1
    const group = encodeGroup(records, { offset, syncedTo: offset, firstPosition })
    bytes = Buffer.concat([bytes, group])
  }
  return { bytes, begins }
}

const groups = [[commit(1), commit(2, 3)], [commit(5, 0)], [commit(5), commit(6), commit(7, 2)]]
const { bytes, begins } = segmentOf(groups)
const [, secondAt = 0, lastAt = 0] = begins

const recordsIn = (segment: Uint8Array): ReadonlyArray<CommitRecord> =>
  survey(segment).frames.map((frame) => recordIn(Buffer.from(segment), frame))

describe("a segment", () => {
  test("gives back what was written", () => {
    expect(recordsIn(bytes)).toEqual(groups.flat())
    expect(survey(bytes)).toMatchObject({
      startsAt: 0,
      wholeTo: bytes.length,
      syncedTo: lastAt,
      damagedAt: undefined,
      remains: undefined,
    })
  })

  test("is nothing when it is empty", () => {
    expect(survey(new Uint8Array(0))).toMatchObject({
      startsAt: undefined,
      wholeTo: 0,
      syncedTo: 0,
    })
  })

  test("cut at any byte of its last group keeps the whole records before (behaviour 61)", () => {
    const whole = survey(bytes).frames
    for (let length = lastAt; length < bytes.length; length++) {
      const found = survey(bytes.subarray(0, length))
      const kept = whole.filter(({ end }) => end <= length)
      expect(found.frames).toEqual(kept)
      expect(found.syncedTo).toBe(length >= lastAt + 48 ? lastAt : secondAt)
      expect(found.damagedAt ?? length).toBeGreaterThanOrEqual(lastAt)
    }
  })

  test("what remains of a torn group is a group again", () => {
    const torn = survey(bytes.subarray(0, bytes.length - 1))
    expect(torn.remains).toBeDefined()
    const mended = Buffer.concat([bytes.subarray(0, torn.wholeTo), torn.remains ?? Buffer.alloc(0)])
    expect(survey(mended)).toMatchObject({ damagedAt: undefined, wholeTo: mended.length })
    expect(recordsIn(mended)).toEqual(groups.flat().slice(0, -1))
  })

  test("any byte turned over before the last group is seen, and known to have been synced (behaviour 62)", () => {
    for (let at = 0; at < lastAt; at++) {
      const found = survey(flipped(bytes, at))
      expect(found.damagedAt).toBeLessThanOrEqual(at)
      expect(found.syncedTo).toBe(lastAt)
    }
  })

  test("any byte turned over in the last group is seen, and may never have been synced", () => {
    for (let at = lastAt; at < bytes.length; at++) {
      const { damagedAt = -1, syncedTo } = survey(flipped(bytes, at))
      expect(damagedAt).toBeGreaterThanOrEqual(lastAt)
      expect(damagedAt).toBeLessThanOrEqual(at)
      expect(syncedTo).toBeLessThanOrEqual(damagedAt)
    }
  })

  test("zeros and leftovers of another file behind its end are damage beyond what was synced", () => {
    const other = segmentOf([[commit(91)], [commit(92)]], 1_000_000).bytes
    const older = segmentOf([[commit(1)], [commit(2)]], bytes.length).bytes
    const behindZeros = Buffer.concat([Buffer.alloc(100), other])
    for (const rest of [Buffer.alloc(4096), other, older, behindZeros]) {
      const found = survey(Buffer.concat([bytes, rest]))
      expect(found).toMatchObject({ damagedAt: bytes.length, syncedTo: lastAt })
      expect(found.frames).toHaveLength(6)
    }
  })

  test("a group of which only the header and some records reached the disk ends there", () => {
    const zeroed = Buffer.from(bytes).fill(0, lastAt + 48)
    expect(survey(zeroed)).toMatchObject({ wholeTo: lastAt, damagedAt: lastAt + 48 })
    expect(survey(zeroed).frames).toHaveLength(3)
  })

  test("a text that looks like a group does not make one", () => {
    const inner = bytes.toString("latin1")
    const looksLike = segmentOf([[commit(1, 1, inner)], [commit(2)]])
    const found = survey(flipped(looksLike.bytes, 60))
    expect(found).toMatchObject({ damagedAt: 48, syncedTo: looksLike.begins[1] })
  })
})

describe("the names of segments", () => {
  test("are ordered by number, and only they are segments", () => {
    const names = ["horolog.journal.10", "horolog.journal.9.1", "horolog.journal.9", "horolog.lock"]
    expect(segmentNames(names)).toEqual(names.slice(0, 3).toReversed())
  })

  test("never meet, though two segments begin at the same position", () => {
    expect(segmentName(9, [])).toBe("horolog.journal.9")
    expect(segmentName(9, ["horolog.journal.9"])).toBe("horolog.journal.9.1")
    expect(segmentName(9, ["horolog.journal.9.1", "horolog.journal.8"])).toBe("horolog.journal.9.2")
  })
})
