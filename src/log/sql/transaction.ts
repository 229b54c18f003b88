import { LogFailed } from "../event-log.ts"
import type { SqlEngine } from "./engine.ts"

/**
 * The transaction of a group of appends. What fails inside of it leaves memory and database apart,
 * so that nothing is read or written any more: the next opening starts from what is durable.
 */
export interface Transaction {
  /** Throws what stopped the store, if something did. */
  readonly check: () => void
  /** Writes within the transaction of the group, and opens it when this is the first. */
  readonly write: <A>(write: () => A) => A
  /** Lets the database see what was kept in memory so far. */
  readonly flush: () => void
  /** What was written so far is a group, and lasts where the database does. */
  readonly endGroup: () => void
  readonly commit: () => void
  /** Works in a transaction of its own, and leaves all as it was when that fails. */
  readonly alone: (work: () => void) => void
}

/**
 * In a database that lives in memory a commit saves nothing, and copies every page that was touched:
 * one in so many is enough.
 */
const groupsPerCommit = 512

/** `flush` writes what was kept in memory, `forget` drops it. */
export const makeTransaction = (
  engine: SqlEngine,
  { flush, forget }: { readonly flush: () => void; readonly forget: () => void },
): Transaction => {
  const begin = engine.prepare("BEGIN")
  const end = engine.prepare("COMMIT")
  const rollback = engine.prepare("ROLLBACK")
  const isVolatile = engine.name === "sql.js"
  let isOpen = false
  let groupsCount = 0
  let broken: LogFailed | undefined

  const check = (): void => {
    if (broken !== undefined) throw broken
  }

  const fatal = <A>(work: () => A): A => {
    check()
    try {
      return work()
    } catch (cause) {
      broken = writeFailed(cause)
      throw broken
    }
  }

  const open = (): void => {
    if (isOpen) return
    begin.run()
    isOpen = true
  }

  const commit = (): void =>
    fatal(() => {
      if (!isOpen) return
      flush()
      end.run()
      isOpen = false
      groupsCount = 0
    })

  const endGroup = (): void => {
    check()
    groupsCount += 1
    if (!isVolatile || groupsCount >= groupsPerCommit) commit()
  }

  const alone = (work: () => void): void => {
    commit()
    fatal(open)
    try {
      work()
    } catch (cause) {
      forget()
      fatal(() => rollback.run())
      isOpen = false
      throw cause
    }
    commit()
  }

  const write = <A>(work: () => A): A =>
    fatal(() => {
      open()
      return work()
    })

  return { check, write, endGroup, commit, alone, flush: () => (isOpen ? fatal(flush) : undefined) }
}

const writeFailed = (cause: unknown): LogFailed =>
  new LogFailed({
    reason: "write-failed",
    message: `The log could not be written: ${cause instanceof Error ? cause.message : String(cause)}.`,
    hint: "Nothing is acknowledged any more. Mend the cause (disk, memory), then start again.",
  })
