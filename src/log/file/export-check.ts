import { Result } from "effect"
import { checkFact, decodeFact } from "../../../events/codec.ts"
import type { StoredRow } from "../event-log.ts"
import {
  exportFormat,
  exportVersion,
  type ExportAnswer,
  type ExportEnd,
  type ExportHeader,
} from "../../export-format.ts"
import { chainStart, checkChain, type ChainPlace } from "../sql/check-chain.ts"
import { eventColumns } from "../sql/schema.ts"

type Fields = Readonly<Record<string, unknown>>

/** What an export may not be; the message says why. */
export class NotRestorable extends Error {}

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
  let place = chainStart
  const step = (row: StoredRow): void => {
    if (row.position !== place.position + 1) {
      throw new NotRestorable(`the fact ${place.position + 1} is missing`)
    }
    const next = checkChain(place, [row])
    if ("problem" in next) {
      throw new NotRestorable(`the fact ${row.position} is not as it was recorded: ${next.problem}`)
    }
    refuseUnreadable(row)
    place = next
    if (place.position === header.head && place.hash !== header.hash) {
      throw new NotRestorable("the chain does not come to the hash the first line names")
    }
    noteErasure(erased, row)
  }
  return { header, step, place: () => place, unclaimed: () => [...erased] }
}

const noteErasure = (erased: Set<number>, row: StoredRow): void => {
  if (row.body === null && row.body_hash !== null) erased.add(row.position)
  if (row.type !== "bodies.erased") return
  const { positions } = JSON.parse(row.data) as { readonly positions: ReadonlyArray<number> }
  for (const position of positions) erased.delete(position)
}

/**
 * Also what is chained rightly may be of a kind this release does not know. Its fields are taken on
 * trust, as when a log is opened: a log must never be refused for what it once accepted.
 */
const refuseUnreadable = (row: StoredRow): void => {
  const decoded = decodeFact(encodedOf(row))
  if (Result.isFailure(decoded)) throw new NotRestorable(decoded.failure.message)
}

/** Why a fact that was read cannot be folded: the field that is not as it should be, if one is. */
export const whyUnfolded = (row: StoredRow, cause: unknown): string => {
  const checked = checkFact(encodedOf(row))
  return Result.isFailure(checked) ? checked.failure.message : (cause as Error).message
}

const encodedOf = (row: StoredRow) => {
  const { app = "?" } = JSON.parse(row.meta) as { readonly app?: string }
  return { ...row, hadText: row.body_hash !== null, writtenBy: app }
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
