import type { Random } from "../../random.ts"
import { makeAppend } from "./append.ts"
import { makeApply } from "./apply.ts"
import type { SqlEngine } from "./engine.ts"
import { recordedOf } from "./events.ts"
import { labelTables, openSchema, type Labels } from "./open.ts"
import { makeQuery } from "./query.ts"
import type { Store } from "./store.ts"
import { makeParts, type Parts } from "./writing.ts"

const rebuildPage = 1_000

/** A store over an engine; makes the schema where there is none. Throws LogFailed when it cannot. */
export const makeStore = (
  engine: SqlEngine,
  { random }: { readonly random: Random["Service"] },
): Store => {
  const { labels, areTablesStale } = openSchema(engine)
  const parts = makeParts(engine, labels)
  const { answers, events, snapshots, tail, transaction } = parts
  const query = makeQuery(engine)
  const rebuild = makeRebuild(parts, labels)
  if (areTablesStale) rebuild()

  const checked = <Args extends ReadonlyArray<unknown>, A>(ask: (...args: Args) => A) => {
    return (...args: Args): A => {
      transaction.check()
      return ask(...args)
    }
  }

  return {
    head: () => tail.head,
    headHash: () => tail.hash,
    append: makeAppend(parts, random),
    apply: makeApply(parts),
    commit: transaction.endGroup,
    read: checked((options) => recordedOf(events.rows(options))),
    rows: checked(events.rows),
    answer: checked(answers.get),
    query: checked((sql, params) => {
      transaction.flush()
      return query(sql, params)
    }),
    saveSnapshot: (snapshot) => transaction.write(() => snapshots.put(snapshot)),
    snapshot: checked(snapshots.get),
    rebuild,
    image: () => {
      transaction.commit()
      return engine.image()
    },
    close: engine.close,
  }
}

/** Empties the tables and folds the whole log again, in one transaction. */
const makeRebuild = ({ events, tables, transaction }: Parts, labels: Labels) => {
  const foldAll = (): void => {
    let after = 0
    for (;;) {
      const page = events.folding(after, rebuildPage)
      for (const recorded of page) tables.fold(recorded)
      const last = page.at(-1)
      if (last === undefined) return
      after = last.position
    }
  }
  return (): void =>
    transaction.alone(() => {
      tables.clear()
      foldAll()
      labelTables(labels)
    })
}
