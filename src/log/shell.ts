import { Effect, Option, Stream, type Scope } from "effect"
import { UnreadableFact } from "../../events/codec.ts"
import type { Recorded } from "../../events/envelope.ts"
import { EventLog, LogFailed, VersionConflict, type Appended } from "./event-log.ts"
import { makeRecent, type Recent } from "./recent.ts"
import type { Store } from "./sql/store.ts"
import { makeWriter, type Persist, type Writer } from "./writer.ts"

/** What is different in every embedded log. */
export interface Persistence {
  /** Returns when the whole group is on the disk. One group at a time. */
  readonly persist: Persist
  /** Writes everything durable into a SQLite file. Nothing is persisted meanwhile. */
  readonly backup: (file: string) => Effect.Effect<void, LogFailed>
}

/** A log, and how its owner gets between two groups. */
export interface Shell {
  readonly log: EventLog["Service"]
  readonly exclusive: Writer["exclusive"]
  /** What ended the log, if something did. */
  readonly failure: Writer["failure"]
}

const pageSize = 256

/**
 * An event log over a store. Appends are applied at once, in one transaction for a group; a group
 * is committed, then persisted, while the next one gathers. Closing the scope sends what is left.
 */
export const makeEventLog = Effect.fnUntraced(function* (
  store: Store,
  { persist, backup }: Persistence,
): Effect.fn.Return<Shell, never, Scope.Scope> {
  const recent = makeRecent()
  const writer = makeWriter(store, persist, recent.push)
  const ask = makeAsk(writer)
  yield* Effect.addFinalizer(() => writer.close)
  yield* Effect.forkScoped(writer.run)

  const log = EventLog.of({
    append: (batch) =>
      ask<Appended, VersionConflict>(() => {
        const { appended, record } = store.append(batch)
        if (record !== undefined) writer.submit(record, appended.facts)
        return appended
      }),
    durable: writer.durable,
    head: ask(store.head),
    read: (options) => ask<Facts, UnreadableFact>(() => store.read(options)),
    subscribe: (after) => follow(after, makePages(store, recent, writer)),
    answer: (commandId) => ask(() => store.answer(commandId)),
    query: (sql, params) => ask(() => store.query(sql, params)),
    rows: (options) => ask(() => store.rows(options)),
    saveSnapshot: (snapshot) =>
      ask(() => {
        store.saveSnapshot(snapshot)
        writer.nudge()
      }),
    snapshot: (stream) => ask(() => store.snapshot(stream)),
    rebuild: ask<void, UnreadableFact>(store.rebuild),
    backup: (file) => Effect.andThen(writer.durable, writer.exclusive(backup(file))),
  })
  return { log, exclusive: writer.exclusive, failure: writer.failure }
})

type Facts = ReadonlyArray<Recorded>
type Thrown = VersionConflict | LogFailed | UnreadableFact

/** Asks the store; what it throws on purpose is a failure, and the loss of the log ends it for all. */
const makeAsk =
  (writer: Writer) =>
  <A, E = never>(question: () => A): Effect.Effect<A, E | LogFailed> =>
    Effect.suspend((): Effect.Effect<A, E | LogFailed> => {
      const failure = writer.failure()
      if (failure !== undefined) return Effect.fail(failure)
      try {
        return Effect.succeed(question())
      } catch (thrown) {
        if (!isThrown(thrown)) return Effect.die(thrown)
        if (thrown._tag === "LogFailed" && thrown.reason === "write-failed") writer.fail(thrown)
        return Effect.fail(thrown as E | LogFailed)
      }
    })

const isThrown = (thrown: unknown): thrown is Thrown =>
  thrown instanceof VersionConflict ||
  thrown instanceof LogFailed ||
  thrown instanceof UnreadableFact

type Pages = (after: number) => Effect.Effect<Facts, LogFailed | UnreadableFact>

const follow = (after: number, pages: Pages): Stream.Stream<Recorded, LogFailed | UnreadableFact> =>
  Stream.paginate(after, (position) =>
    Effect.map(pages(position), (page) => {
      const last = page.at(-1)?.position ?? position
      return [page, Option.some(last)] as const
    }),
  )

/** Durable facts after a position, waiting for one where there is none. Who is slow reads the log. */
const makePages = (store: Store, recent: Recent, writer: Writer): Pages => {
  const ask = makeAsk(writer)
  const page = (after: number): ReturnType<Pages> =>
    Effect.suspend(() => {
      const upTo = writer.durableHead()
      if (after >= upTo) return Effect.flatMap(writer.advanced, () => page(after))
      const facts = recent.after(after, pageSize)
      if (facts !== undefined) return Effect.succeed(facts)
      return ask<Facts, UnreadableFact>(() => store.read({ after, upTo, limit: pageSize }))
    })
  return page
}
