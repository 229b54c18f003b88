import type { Random } from "../../random.ts"
import type { Appended, Batch, StoredRow } from "../event-log.ts"
import { recordedOf } from "./events.ts"
import { checkExpected, type Standing } from "./expected.ts"
import { eventIdOf, linkBatch, type Linked } from "./link.ts"
import type { CommitRecord, Store } from "./store.ts"
import type { Parts } from "./writing.ts"

/** Appends a batch, whole or not at all; a command that is there already is answered from the log. */
export const makeAppend = (parts: Parts, { salt }: Random["Service"]): Store["append"] => {
  const { answers, events, record, tail, transaction } = parts
  const standing: Standing = { versionOf: events.lastVersion, keyHolder: makeKeyHolder(parts) }

  const repetition = ({ commandId, facts, answer }: Batch): Appended | undefined => {
    const first = facts.length === 0 ? undefined : events.byEventId(eventIdOf(commandId, 0))
    const isAnswered = answer !== undefined && answers.get(commandId) !== undefined
    if (first === undefined && !isAnswered) return undefined
    return { facts: recordedOf(factsOf(commandId)), repeated: true }
  }

  const factsOf = (commandId: string): ReadonlyArray<StoredRow> => {
    const rows: Array<StoredRow> = []
    for (;;) {
      const row = events.byEventId(eventIdOf(commandId, rows.length))
      if (row === undefined) return rows
      rows.push(row)
    }
  }

  const write = (batch: Batch, linked: ReadonlyArray<Linked>): CommitRecord => {
    const before = { firstPosition: tail.head + 1, previousHash: tail.hash }
    const facts = linked.map(({ row }) => row)
    for (const { row, recorded } of linked) record(row, recorded)
    if (batch.answer === undefined) return { ...before, facts }
    const answer = { ...batch.answer, commandId: batch.commandId, at: batch.at }
    answers.put(answer)
    return { ...before, facts, answer }
  }

  return (batch) => {
    transaction.check()
    const repeated = repetition(batch)
    if (repeated !== undefined) return { appended: repeated }
    checkExpected(batch, standing)
    if (batch.facts.length === 0 && batch.answer === undefined) return { appended: nothing }
    const linked = linkBatch(batch, { ...tail, versionOf: events.lastVersion, salt })
    const facts = linked.map(({ recorded }) => recorded)
    const written = transaction.write(() => write(batch, linked))
    return { appended: { facts, repeated: false }, record: written }
  }
}

const nothing: Appended = { facts: [], repeated: false }

const makeKeyHolder = ({ engine, transaction }: Parts): Standing["keyHolder"] => {
  const select = engine.prepare("SELECT job_id FROM job_keys WHERE key = ?")
  return (key) => {
    transaction.flush()
    return select.get([key])?.["job_id"] as string | undefined
  }
}
