import { type Frame, type GroupHeader, headerAt, nextHeader, recordsOf, regroup } from "./frame.ts"

const namePattern = /^horolog\.journal\.(\d+)(?:\.(\d+))?$/

/**
 * `horolog.journal.<first position>`. Answers take no position, so a second segment may begin at the
 * same one: it gets a number behind it.
 */
export const segmentName = (firstPosition: number, taken: ReadonlyArray<string>): string => {
  const numbers = taken
    .map(key)
    .flatMap(([first, number]) => (first === firstPosition ? [number] : []))
  const name = `horolog.journal.${firstPosition}`
  return numbers.length === 0 ? name : `${name}.${Math.max(...numbers) + 1}`
}

/** The position that a segment's name says it begins at. */
export const firstPositionOf = (name: string): number => key(name)[0]

/** The segments among a folder's names, oldest first. */
export const segmentNames = (names: ReadonlyArray<string>): ReadonlyArray<string> =>
  names.filter((name) => namePattern.test(name)).toSorted((a, b) => compare(key(a), key(b)))

type Key = readonly [firstPosition: number, number: number]

const key = (name: string): Key => {
  const [, position, number] = namePattern.exec(name) ?? []
  return [Number(position), Number(number ?? 0)]
}

const compare = (a: Key, b: Key): number => a[0] - b[0] || a[1] - b[1]

/** A segment as it was found. Offsets are within the file, except `startsAt`. */
export interface Survey {
  /** The whole records, up to the first damage. */
  readonly frames: ReadonlyArray<Frame>
  /** Where the file begins in the offsets of the journal; undefined without any whole header. */
  readonly startsAt: number | undefined
  /** Up to here the file is whole groups. */
  readonly wholeTo: number
  /** Up to here it was certainly synced: some whole header says so. */
  readonly syncedTo: number
  /** The first byte that makes no sense, if the file does not end with a whole group. */
  readonly damagedAt: number | undefined
  /** The whole records of the damaged group, as a group of their own. */
  readonly remains: Uint8Array | undefined
}

interface Walk {
  readonly frames: Array<Frame>
  wholeTo: number
  startsAt: number | undefined
  syncedTo: number
  firstPosition: number
  damagedAt: number | undefined
  remains: Uint8Array | undefined
}

/**
 * Checks every byte of a segment without reading what the records say. Beyond damage it looks for
 * whole headers, for they know what had been synced before they were written.
 */
export const survey = (segment: Uint8Array): Survey => {
  const bytes = Buffer.from(segment.buffer, segment.byteOffset, segment.byteLength)
  const walk: Walk = {
    frames: [],
    wholeTo: 0,
    startsAt: undefined,
    syncedTo: 0,
    firstPosition: 0,
    damagedAt: undefined,
    remains: undefined,
  }
  while (walk.wholeTo < bytes.length && walk.damagedAt === undefined) step(walk, bytes)
  if (walk.damagedAt !== undefined) searchBeyond(walk, bytes, walk.damagedAt + 1)
  return walk
}

const step = (walk: Walk, bytes: Buffer): void => {
  const at = walk.wholeTo
  const header = headerAt(bytes, at)
  if (header === undefined || !belongs(walk, header, at)) {
    walk.damagedAt = at
    return
  }
  note(walk, header, at)
  const { records, damagedAt, end } = recordsOf(bytes, at, header)
  walk.frames.push(...records)
  walk.damagedAt = damagedAt
  if (damagedAt === undefined) walk.wholeTo = end
  else if (records.length > 0) walk.remains = regroup(bytes, records, header)
}

// A header that stands elsewhere than it says is a leftover of another file.
const belongs = (walk: Walk, header: GroupHeader, at: number): boolean => {
  const startsAt = header.offset - at
  const same = walk.startsAt === undefined ? startsAt >= 0 : walk.startsAt === startsAt
  return same && header.firstPosition >= walk.firstPosition
}

const note = (walk: Walk, header: GroupHeader, at: number): void => {
  walk.startsAt = header.offset - at
  walk.firstPosition = header.firstPosition
  walk.syncedTo = Math.max(walk.syncedTo, header.syncedTo - walk.startsAt)
}

const searchBeyond = (walk: Walk, bytes: Buffer, from: number): void => {
  let found = nextHeader(bytes, from)
  while (found !== undefined) {
    if (belongs(walk, found.header, found.at)) note(walk, found.header, found.at)
    found = nextHeader(bytes, found.at + 1)
  }
}
