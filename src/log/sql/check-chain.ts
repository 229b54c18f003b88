import type { StoredRow } from "../event-log.ts"
import { bodySaltOf, dataSaltOf, genesisHash, linkHash, saltedHash } from "./chain.ts"

/** Where a walk along the chain stands: nothing was wrong up to here. */
export interface ChainPlace {
  readonly position: number
  readonly hash: string
}

/** The first fact that is not as it was recorded, and what is wrong with it. */
export interface BrokenLink {
  readonly position: number
  readonly problem: string
}

/** Before the first fact. */
export const chainStart: ChainPlace = { position: 0, hash: genesisHash }

/** Walks on along `rows`, the next ones in order, or stops at the first that does not fit. */
export const checkChain = (
  from: ChainPlace,
  rows: ReadonlyArray<StoredRow>,
): ChainPlace | BrokenLink => {
  let place = from
  for (const row of rows) {
    const problem = problemOf(place, row)
    if (problem !== undefined) return { position: row.position, problem }
    place = { position: row.position, hash: row.hash }
  }
  return place
}

const problemOf = (before: ChainPlace, row: StoredRow): string | undefined => {
  const salt = dataSaltOf(row.salt)
  if (row.position <= before.position) return "its position is not behind the one before it"
  if (saltedHash(salt, row.data) !== row.data_hash) return "its content was changed"
  if (saltedHash(salt, row.meta) !== row.meta_hash) return "who caused it was changed"
  if (isBodyChanged(row)) return "its text was changed"
  if (linkHash(before.hash, row) !== row.hash) return "it does not follow the fact before it"
  return undefined
}

/** A text that was erased is gone, which is no change: its digest still stands in the chain. */
const isBodyChanged = ({ body, body_hash, salt }: StoredRow): boolean =>
  body !== null && saltedHash(bodySaltOf(salt), body) !== body_hash
