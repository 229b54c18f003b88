import { Effect } from "effect"
import { EventLog } from "./event-log.ts"

/** Lets everybody else go first, before every question and before every answer. */
export const yielding = (log: EventLog["Service"]): EventLog["Service"] =>
  EventLog.of({
    append: (batch) => slow(log.append(batch)),
    durable: slow(log.durable),
    head: slow(log.head),
    read: (options) => slow(log.read(options)),
    subscribe: log.subscribe,
    answer: (commandId) => slow(log.answer(commandId)),
    query: (sql, params) => slow(log.query(sql, params)),
    rows: (options) => slow(log.rows(options)),
    saveSnapshot: (snapshot) => slow(log.saveSnapshot(snapshot)),
    snapshot: (stream) => slow(log.snapshot(stream)),
    rebuild: slow(log.rebuild),
    backup: (file) => slow(log.backup(file)),
  })

const slow = <A, E>(effect: Effect.Effect<A, E>): Effect.Effect<A, E> =>
  Effect.yieldNow.pipe(
    Effect.andThen(effect),
    Effect.tap(() => Effect.yieldNow),
  )
