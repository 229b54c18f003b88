import { LogFailed, type StoredRow } from "../event-log.ts"
import { linkHash } from "./chain.ts"
import { recordedOf } from "./events.ts"
import type { CommitRecord, Store } from "./store.ts"
import type { Parts } from "./writing.ts"

/** Applies journaled records in order; those that are there already are only compared. */
export const makeApply = (parts: Parts): Store["apply"] => {
  const { answers, events, record, tail, transaction } = parts

  const write = (commit: CommitRecord): void => {
    const recorded = recordedOf(commit.facts)
    transaction.write(() => {
      commit.facts.forEach((row, index) => {
        const fact = recorded[index]
        if (fact !== undefined) record(row, fact)
      })
      if (commit.answer !== undefined) answers.put(commit.answer)
    })
  }

  return (commit) => {
    transaction.check()
    const last = commit.facts.at(-1)
    if (last !== undefined && last.position <= tail.head) {
      return compare(last, events.byPosition(last.position))
    }
    if (commit.firstPosition > tail.head || last !== undefined) follows(commit, tail)
    return write(commit)
  }
}

const compare = (journaled: StoredRow, stored: StoredRow | undefined): void => {
  if (stored?.hash === journaled.hash) return
  throw damaged(`position ${journaled.position} holds another fact than the journal says`)
}

/** The record stands right behind what is there, and its facts are chained to it. */
const follows = (commit: CommitRecord, tail: Parts["tail"]): void => {
  const { firstPosition, previousHash, facts } = commit
  if (firstPosition !== tail.head + 1) {
    throw damaged(`position ${tail.head + 1} is missing: the journal goes on at ${firstPosition}`)
  }
  if (previousHash !== tail.hash) {
    throw damaged(`the record at position ${firstPosition} follows another log`)
  }
  facts.reduce((hash, row, index) => {
    if (row.position === firstPosition + index && linkHash(hash, row) === row.hash) return row.hash
    throw damaged(`the chain breaks at position ${row.position}`)
  }, previousHash)
}

const damaged = (what: string): LogFailed =>
  new LogFailed({
    reason: "damaged",
    message: `The log is damaged: ${what}.`,
    hint: "Nothing was changed. Restore a backup, or ask `horolog verify` what is left.",
  })
