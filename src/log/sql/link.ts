import { encodeFact } from "../../../events/codec.ts"
import type { Recorded } from "../../../events/envelope.ts"
import { storable } from "../../../projections/storable.ts"
import type { Batch, StoredRow } from "../event-log.ts"
import { linkHash, saltedHash } from "./chain.ts"

/** Where a batch is chained to. */
export interface Tail {
  readonly head: number
  readonly hash: string
  readonly versionOf: (stream: string) => number
  readonly salt: () => string
}

/** A fact and the row it is stored as. */
export interface Linked {
  readonly row: StoredRow
  readonly recorded: Recorded
}

/**
 * The facts of a batch with their places, digests and hashes. What data and meta are salted with is
 * shared; a body has a salt of its own, so that it can go alone.
 */
export const linkBatch = (batch: Batch, tail: Tail): ReadonlyArray<Linked> => {
  const salt = tail.salt()
  const meta = JSON.stringify(batch.meta)
  const shared = { at: batch.at, meta, meta_hash: saltedHash(salt, meta) }
  const versions = new Map<string, number>()
  let hash = tail.hash
  return batch.facts.map(({ stream: named, fact }, index) => {
    const stream = storable(named)
    const version = (versions.get(stream) ?? tail.versionOf(stream)) + 1
    versions.set(stream, version)
    const position = tail.head + 1 + index
    const event_id = eventIdOf(batch.commandId, index)
    const { type, schema, data, body } = encodeFact(fact)
    const bodySalt = body === null ? "" : tail.salt()
    const link = {
      ...shared,
      position,
      stream,
      version,
      event_id,
      type,
      schema,
      data,
      body,
      salt: salt + bodySalt,
      data_hash: saltedHash(salt, data),
      body_hash: body === null ? null : saltedHash(bodySalt, body),
    }
    hash = linkHash(hash, link)
    const { at, meta } = batch
    return {
      row: { ...link, hash },
      recorded: { position, stream, version, eventId: event_id, at, fact, meta },
    }
  })
}

/** The id of a command's fact: nothing a command says is ever recorded twice. */
export const eventIdOf = (commandId: string, index: number): string =>
  `${storable(commandId)}/${index}`
