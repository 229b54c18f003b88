import { Cause, Deferred, Effect, Exit, Latch, Semaphore } from "effect"
import type { Recorded } from "../../events/envelope.ts"
import { LogFailed } from "./event-log.ts"
import type { CommitRecord, Store } from "./sql/store.ts"

/** Makes a group of commits last, all of it or none. A failure is the end of the log. */
export type Persist = (group: ReadonlyArray<CommitRecord>) => Effect.Effect<void, LogFailed>

/** Commits in groups, one group on its way at a time. */
export interface Writer {
  /** Joins the group that leaves next. */
  readonly submit: (record: CommitRecord, facts: ReadonlyArray<Recorded>) => void
  /** Something is to be committed that nobody waits for. */
  readonly nudge: () => void
  /** Waits until all that was submitted so far lasts. */
  readonly durable: Effect.Effect<void, LogFailed>
  readonly durableHead: () => number
  /** Waits until more is durable. */
  readonly advanced: Effect.Effect<void, LogFailed>
  /** What ended the log, if something did. */
  readonly failure: () => LogFailed | undefined
  readonly fail: (failure: LogFailed) => void
  /** Runs between two groups. */
  readonly exclusive: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  /** Sends group after group, for ever. */
  readonly run: Effect.Effect<void>
  /** Sends what is left, then takes nothing more. */
  readonly close: Effect.Effect<void>
}

interface Group {
  readonly records: Array<CommitRecord>
  readonly facts: Array<Recorded>
  readonly settled: Deferred.Deferred<void, LogFailed>
}

const makeGroup = (): Group => ({ records: [], facts: [], settled: Deferred.makeUnsafe() })

/** `settled` hears of the facts of each group that is durable, before anybody who waits for it. */
export const makeWriter = (
  store: Store,
  persist: Persist,
  settled: (facts: ReadonlyArray<Recorded>) => void,
): Writer => {
  const wake = Latch.makeUnsafe(false)
  const permit = Semaphore.makeUnsafe(1)
  let next = makeGroup()
  let leaving: Group | undefined
  let durableHead = store.head()
  let failure: LogFailed | undefined
  let advanced = Deferred.makeUnsafe<void, LogFailed>()

  const fail = (cause: LogFailed): void => {
    failure ??= cause
    for (const group of [leaving, next]) {
      if (group !== undefined) Deferred.doneUnsafe(group.settled, Effect.fail(failure))
    }
    Deferred.doneUnsafe(advanced, Effect.fail(failure))
  }

  const settle = (group: Group, head: number): void => {
    leaving = undefined
    durableHead = head
    // The log has failed meanwhile: everybody who waits has been told, and nobody waits again.
    if (failure !== undefined) return
    settled(group.facts)
    Deferred.doneUnsafe(group.settled, Effect.void)
    const waited = advanced
    advanced = Deferred.makeUnsafe()
    Deferred.doneUnsafe(waited, Effect.void)
  }

  const send = Effect.suspend(() => {
    if (failure !== undefined) return Effect.void
    const group = next
    leaving = group
    next = makeGroup()
    const head = store.head()
    return Effect.map(Effect.exit(leave(store, persist, group)), (exit) =>
      Exit.isSuccess(exit) ? settle(group, head) : fail(failureOf(exit.cause)),
    )
  })
  const flush = Effect.uninterruptible(permit.withPermits(1)(send))

  const turn = Effect.gen(function* () {
    yield* wake.await
    // Whoever is ready to append now goes with this group.
    yield* Effect.yieldNow
    wake.closeUnsafe()
    yield* flush
  })

  return {
    submit: (record, facts) => {
      next.records.push(record)
      for (const fact of facts) next.facts.push(fact)
      wake.openUnsafe()
    },
    nudge: () => void wake.openUnsafe(),
    durable: Effect.suspend(() => {
      if (failure !== undefined) return Effect.fail(failure)
      const group = next.records.length > 0 ? next : leaving
      return group === undefined ? Effect.void : Deferred.await(group.settled)
    }),
    durableHead: () => durableHead,
    advanced: Effect.suspend(() => Deferred.await(advanced)),
    failure: () => failure,
    fail,
    exclusive: permit.withPermits(1),
    run: Effect.forever(turn),
    close: Effect.andThen(flush, () => Effect.sync(() => fail(closed()))),
  }
}

const leave = (store: Store, persist: Persist, { records }: Group) =>
  Effect.andThen(
    Effect.sync(() => store.commit()),
    Effect.suspend(() => (records.length === 0 ? Effect.void : persist(records))),
  )

/** A fault of ours stops the log as a full disk does: nobody knows any more what is written. */
const failureOf = (cause: Cause.Cause<LogFailed>): LogFailed => {
  const squashed = Cause.squash(cause)
  if (squashed instanceof LogFailed) return squashed
  const message = `The log could not be written: ${String(squashed)}.`
  return new LogFailed({ reason: "write-failed", message, hint: "Start again." })
}

const closed = (): LogFailed =>
  new LogFailed({ reason: "closed", message: "The log is closed: the scheduler has stopped." })
