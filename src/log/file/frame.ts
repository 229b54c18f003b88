import { crc32 } from "node:zlib"
import type { CommitRecord } from "../sql/store.ts"

/**
 * A group is a header and its records, and is synced as a whole.
 *
 *   header  magic 8 · checksum 4 · length of the records 4 · their count 4 · nothing 4
 *           · offset of this group 8 · offset synced before it 8 · first position 8
 *   record  length 4 · checksum 4 · the commit as JSON
 *
 * Offsets count through all segments of a journal. The magic holds bytes that no JSON contains.
 */
const magic = Buffer.from([0xff, 0x68, 0x6f, 0x72, 0x6f, 0x31, 0x0a, 0xfe])
const headerBytes = 48
const frameBytes = 8

/** What a group's header says. */
export interface GroupHeader {
  readonly offset: number
  readonly syncedTo: number
  readonly firstPosition: number
  readonly recordsCount: number
  readonly lengthBytes: number
}

export type GroupPlace = Pick<GroupHeader, "offset" | "syncedTo" | "firstPosition">

/** A group of commits as bytes. One without commits still says what was synced before it. */
export const encodeGroup = (records: ReadonlyArray<CommitRecord>, place: GroupPlace): Uint8Array =>
  encodeTexts(
    records.map((record) => JSON.stringify(record)),
    place,
  )

const encodeTexts = (texts: ReadonlyArray<string>, place: GroupPlace): Uint8Array => {
  const lengthBytes = texts.reduce((sum, text) => sum + frameBytes + Buffer.byteLength(text), 0)
  const bytes = Buffer.allocUnsafe(headerBytes + lengthBytes)
  writeHeader(bytes, { ...place, recordsCount: texts.length, lengthBytes })
  let at = headerBytes
  for (const text of texts) at = writeRecord(bytes, at, text)
  return bytes
}

const writeHeader = (bytes: Buffer, header: GroupHeader): void => {
  magic.copy(bytes, 0)
  bytes.writeUInt32LE(header.lengthBytes, 12)
  bytes.writeUInt32LE(header.recordsCount, 16)
  bytes.writeUInt32LE(0, 20)
  bytes.writeBigUInt64LE(BigInt(header.offset), 24)
  bytes.writeBigUInt64LE(BigInt(header.syncedTo), 32)
  bytes.writeBigUInt64LE(BigInt(header.firstPosition), 40)
  bytes.writeUInt32LE(crc32(bytes.subarray(12, headerBytes)), 8)
}

const writeRecord = (bytes: Buffer, at: number, text: string): number => {
  const from = at + frameBytes
  const length = bytes.write(text, from)
  bytes.writeUInt32LE(length, at)
  bytes.writeUInt32LE(checksum(bytes.subarray(from, from + length)), at + 4)
  return from + length
}

// Seeded with the length, so that a damaged length cannot go with an undamaged text.
const checksum = (text: Uint8Array): number => crc32(text, text.length)

/** The header at a place in a segment; undefined when there is no whole one. */
export const headerAt = (bytes: Buffer, at: number): GroupHeader | undefined => {
  if (at + headerBytes > bytes.length) return undefined
  if (bytes.compare(magic, 0, magic.length, at, at + magic.length) !== 0) return undefined
  if (bytes.readUInt32LE(at + 8) !== crc32(bytes.subarray(at + 12, at + headerBytes))) {
    return undefined
  }
  return {
    lengthBytes: bytes.readUInt32LE(at + 12),
    recordsCount: bytes.readUInt32LE(at + 16),
    offset: Number(bytes.readBigUInt64LE(at + 24)),
    syncedTo: Number(bytes.readBigUInt64LE(at + 32)),
    firstPosition: Number(bytes.readBigUInt64LE(at + 40)),
  }
}

/** The next whole header at or after a place. */
export const nextHeader = (
  bytes: Buffer,
  from: number,
): { readonly at: number; readonly header: GroupHeader } | undefined => {
  for (let at = bytes.indexOf(magic, from); at !== -1; at = bytes.indexOf(magic, at + 1)) {
    const header = headerAt(bytes, at)
    if (header !== undefined) return { at, header }
  }
  return undefined
}

/** The records of the group at `at`, up to the first that is not whole, and where the group ends. */
export const recordsOf = (bytes: Buffer, at: number, header: GroupHeader): FoundRecords => {
  const end = at + headerBytes + header.lengthBytes
  const records: Array<Frame> = []
  let next = at + headerBytes
  for (let index = 0; index < header.recordsCount; index++) {
    const frame = frameAt(bytes, next, end)
    if (frame === undefined) return { records, end, damagedAt: next }
    records.push(frame)
    next = frame.end
  }
  return { records, end, damagedAt: next === end ? undefined : next }
}

/** `damagedAt` is where the first record stands that is not whole, if there is one. */
export interface FoundRecords {
  readonly records: ReadonlyArray<Frame>
  readonly end: number
  readonly damagedAt: number | undefined
}

/** Where the text of a record stands in its segment. */
export interface Frame {
  readonly from: number
  readonly end: number
}

const frameAt = (bytes: Buffer, at: number, groupEnd: number): Frame | undefined => {
  const from = at + frameBytes
  if (from > Math.min(groupEnd, bytes.length)) return undefined
  const end = from + bytes.readUInt32LE(at)
  // Zeros, where a file grew without its bytes, are no record of no length.
  if (end === from || end > Math.min(groupEnd, bytes.length)) return undefined
  const whole = bytes.readUInt32LE(at + 4) === checksum(bytes.subarray(from, end))
  return whole ? { from, end } : undefined
}

/** The same records as a group of their own: what is left of one whose end is torn. */
export const regroup = (
  bytes: Buffer,
  frames: ReadonlyArray<Frame>,
  place: GroupPlace,
): Uint8Array =>
  encodeTexts(
    frames.map(({ from, end }) => bytes.toString("utf8", from, end)),
    place,
  )

/** The commit that stands in a frame. */
export const recordIn = (bytes: Buffer, { from, end }: Frame): CommitRecord =>
  JSON.parse(bytes.toString("utf8", from, end)) as CommitRecord
