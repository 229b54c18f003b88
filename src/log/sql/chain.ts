import { hash as digest } from "node:crypto"

/** What stands before the first fact. */
export const genesisHash = "A".repeat(43)

const saltLength = 32

/** A fact as it is chained: where it stands, and the digests of what it says. */
export interface Link {
  readonly position: number
  readonly stream: string
  readonly version: number
  readonly event_id: string
  readonly type: string
  readonly schema: number
  readonly at: number
  readonly data_hash: string
  readonly meta_hash: string
  readonly body_hash: string | null
}

/**
 * The digest of a text under its salt. Without the salt, which goes with an erased text, nobody can
 * tell whether a guess was right.
 */
export const saltedHash = (salt: string, text: string): string =>
  digest("sha256", salt + text, "base64url")

/** The hash of a fact: over the one before, its header and its digests, as one JSON array. */
export const linkHash = (previousHash: string, link: Link): string =>
  digest(
    "sha256",
    JSON.stringify([
      previousHash,
      link.position,
      link.stream,
      link.version,
      link.event_id,
      link.type,
      link.schema,
      link.at,
      link.data_hash,
      link.meta_hash,
      link.body_hash,
    ]),
    "base64url",
  )

/** The salt of data and meta, shared by the facts of one append. */
export const dataSaltOf = (salt: string): string => salt.slice(0, saltLength)

/** The salt of the body, which has its own; empty when there is none any more. */
export const bodySaltOf = (salt: string): string => salt.slice(saltLength)
