import { Effect } from "effect"
import type { EventLog, LogFailed, StoredRow } from "../log/event-log.ts"
import { bodySaltOf, dataSaltOf, genesisHash, linkHash, saltedHash } from "../log/sql/chain.ts"
import type { Findings } from "./findings.ts"
import { eachPage } from "./pages.ts"

type Log = EventLog["Service"]

/** Walks the chain from the first fact to `upTo`; answers with its last hash. */
export const verifyChain = Effect.fnUntraced(function* (
  log: Log,
  { upTo, visited }: { readonly upTo: number; readonly visited: (count: number) => void },
  findings: Findings,
): Effect.fn.Return<string, LogFailed> {
  const walk = makeWalk(findings)
  yield* eachPage(log.rows, { after: 0, upTo }, (page) => {
    for (const row of page) walk.step(row)
    visited(page.length)
  })
  for (const data of yield* erasuresBehind(log, upTo)) walk.claim(data)
  walk.end(upTo)
  yield* verifyVersions(log, findings)
  return walk.hash()
})

/** What was erased while the chain was walked. */
const erasuresBehind = (log: Log, upTo: number) =>
  Effect.map(
    log.query("SELECT data FROM events WHERE position > ? AND type = 'bodies.erased'", [upTo]),
    (rows) => rows.map(({ data }) => String(data)),
  )

const makeWalk = (findings: Findings) => {
  const erased = new Set<number>()
  const claimed = new Set<number>()
  let hash = genesisHash
  let position = 0

  const step = (row: StoredRow): void => {
    if (row.position !== position + 1) {
      findings.add({ what: "gap", position: position + 1, ...gap(position + 1, row.position - 1) })
    } else if (linkHash(hash, row) !== row.hash) {
      findings.add({ what: "chain", position: row.position, message: "the chain breaks here" })
    }
    for (const message of wrongTexts(row)) {
      findings.add({ what: "text", position: row.position, message })
    }
    if (row.body === null && row.body_hash !== null) erased.add(row.position)
    if (row.type === "bodies.erased") claim(row.data)
    hash = row.hash
    position = row.position
  }

  const claim = (data: string): void => {
    for (const one of claimsOf(data)) claimed.add(one)
  }

  const end = (upTo: number): void => {
    if (position < upTo) {
      findings.add({ what: "gap", position: position + 1, ...gap(position + 1, upTo) })
    }
    for (const one of erased) {
      if (claimed.has(one)) continue
      findings.add({ what: "text", position: one, message: "a text is gone that nobody erased" })
    }
  }

  return { step, claim, end, hash: () => hash }
}

const gap = (from: number, to: number) => ({
  message: from === to ? `the fact is missing` : `the facts ${from} to ${to} are missing`,
})

/** What does not fit its digest. An erased text has none to try, and its salt is gone. */
const wrongTexts = (row: StoredRow): ReadonlyArray<string> => {
  const salt = dataSaltOf(row.salt)
  return [
    ...(saltedHash(salt, row.data) === row.data_hash ? [] : ["its data are not what was recorded"]),
    ...(saltedHash(salt, row.meta) === row.meta_hash ? [] : ["its meta is not what was recorded"]),
    ...(isBodyRight(row) ? [] : ["its text is not what was recorded"]),
  ]
}

const isBodyRight = ({ body, salt, body_hash }: StoredRow): boolean =>
  body === null || saltedHash(bodySaltOf(salt), body) === body_hash

const claimsOf = (data: string): ReadonlyArray<number> => {
  try {
    return (JSON.parse(data) as { readonly positions: ReadonlyArray<number> }).positions
  } catch {
    // Its digest has said already that these are not the data that were recorded.
    return []
  }
}

/** The versions of every stream are 1, 2, 3 and so on: asked of the index, not walked. */
const verifyVersions = Effect.fnUntraced(function* (log: Log, findings: Findings) {
  const streams = yield* log.query(
    `SELECT stream, count(*) AS count, min(version) AS first, max(version) AS last FROM events
     GROUP BY stream HAVING count <> last OR first <> 1`,
  )
  for (const { stream, count, last } of streams) {
    const message = `its stream ${stream} has ${count} facts and ends at version ${last}`
    findings.add({ what: "version", message })
  }
})
