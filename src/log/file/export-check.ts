import { Result } from "effect"
import { checkFact } from "../../../events/codec.ts"
import type { StoredRow } from "../event-log.ts"
import {
  exportFormat,
  exportVersion,
  type ExportAnswer,
  type ExportEnd,
  type ExportHeader,
} from "../../export-format.ts"
import { bodySaltOf, dataSaltOf, genesisHash, linkHash, saltedHash } from "../sql/chain.ts"
import { eventColumns } from "../sql/schema.ts"

type Fields = Readonly<Record<string, unknown>>

/** What an export may not be; the message says why. */
export class NotRestorable extends Error {}

/** Where a walk along the chain stands. */
export interface ChainPlace {
  readonly position: number
  readonly hash: string
}

/** Walks along the facts of an export and throws at the first that is not as it was recorded. */
export interface Walk {
  readonly header: ExportHeader
  readonly place: () => ChainPlace
  readonly step: (row: StoredRow) => void
  /** The facts that lost their text without one that says it was erased. */
  readonly unclaimed: () => ReadonlyArray<number>
}

export const makeWalk = (header: ExportHeader): Walk => {
  const erased = new Set<number>()
  let place: ChainPlace = { position: 0, hash: genesisHash }
  const step = (row: StoredRow): void => {
    if (row.position !== place.position + 1) {
      throw new NotRestorable(`the fact ${place.position + 1} is missing`)
    }
    const problem = problemOf(place, row)
    if (problem !== undefined) throw new NotRestorable(`the fact ${row.position} ${problem}`)
    refuseUnreadable(row)
    place = { position: row.position, hash: row.hash }
    if (place.position === header.head && place.hash !== header.hash) {
      throw new NotRestorable("the chain does not come to the hash the first line names")
    }
    noteErasure(erased, row)
  }
  return { header, step, place: () => place, unclaimed: () => [...erased] }
}

/** A text that was erased is gone, which is no change: its digest still stands in the chain. */
const problemOf = (before: ChainPlace, row: StoredRow): string | undefined => {
  const salt = dataSaltOf(row.salt)
  if (saltedHash(salt, row.data) !== row.data_hash) return "was changed: its data"
  if (saltedHash(salt, row.meta) !== row.meta_hash) return "was changed: who caused it"
  if (isBodyChanged(row)) return "was changed: its text"
  return linkHash(before.hash, row) === row.hash
    ? undefined
    : "was changed, or does not follow the one before it"
}

const isBodyChanged = ({ body, body_hash, salt }: StoredRow): boolean =>
  body !== null && (body_hash === null || saltedHash(bodySaltOf(salt), body) !== body_hash)

const noteErasure = (erased: Set<number>, row: StoredRow): void => {
  if (row.body === null && row.body_hash !== null) erased.add(row.position)
  if (row.type !== "bodies.erased") return
  const { positions } = JSON.parse(row.data) as { readonly positions: ReadonlyArray<number> }
  for (const position of positions) erased.delete(position)
}

/** Also what is chained rightly may be of a kind this release does not know. */
const refuseUnreadable = (row: StoredRow): void => {
  const { app } = JSON.parse(row.meta) as { readonly app?: string }
  const checked = checkFact({ ...row, hadText: row.body_hash !== null, writtenBy: app ?? "?" })
  if (Result.isFailure(checked)) throw new NotRestorable(checked.failure.message)
}

/** What stands in a line. */
export type Parsed =
  | { readonly kind: "fact"; readonly row: StoredRow }
  | { readonly kind: "answer"; readonly answer: ExportAnswer }
  | { readonly kind: "end"; readonly end: ExportEnd }

/** Reads the first line. */
export const readHeader = (text: string): ExportHeader => {
  const header = parse(text)
  if (header["format"] !== exportFormat) throw new NotRestorable("it is no export of horolog")
  const { version, app } = header
  if (version !== exportVersion) {
    throw new NotRestorable(
      `it has version ${String(version)}, written by horolog ${String(app)}; version ${exportVersion} is known here`,
    )
  }
  requireFields(header, { app: "string", head: "number", hash: "string" })
  return header as unknown as ExportHeader
}

/** Reads any other line. */
export const readLine = (text: string): Parsed => {
  const line = parse(text)
  if (line["end"] === true) {
    requireFields(line, { head: "number", facts: "number", answers: "number", digest: "string" })
    return { kind: "end", end: line as unknown as ExportEnd }
  }
  if ("command" in line) {
    requireFields(line, { command: "string", body_hash: "string", result: "string", at: "number" })
    return { kind: "answer", answer: line as unknown as ExportAnswer }
  }
  requireFields(line, ofRow)
  const names = Object.keys(line)
  const foreign = names.find((name) => !eventColumns.includes(name as "position"))
  if (foreign !== undefined) throw new NotRestorable(`a fact has no ${foreign}`)
  return { kind: "fact", row: line as unknown as StoredRow }
}

const numbers = new Set<string>(["position", "version", "schema", "at"])
const mayBeNull = new Set(["body", "body_hash"])

const ofRow: Readonly<Record<string, string>> = Object.fromEntries(
  eventColumns.map((name) => [name, numbers.has(name) ? "number" : "string"]),
)

const requireFields = (line: Fields, types: Readonly<Record<string, string>>): void => {
  for (const [name, type] of Object.entries(types)) {
    const value = line[name]
    if (typeof value === type || (value === null && mayBeNull.has(name))) continue
    const received = value === undefined ? "is missing" : `is ${JSON.stringify(value)}`
    throw new NotRestorable(`${name} ${received}; a ${type} is expected`)
  }
}

const parse = (text: string): Fields => {
  const value = parsed(text)
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields
  throw new NotRestorable("it is no JSON object")
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new NotRestorable(`it is no JSON: ${(cause as Error).message}`)
  }
}
