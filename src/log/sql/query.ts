import { LogFailed } from "../event-log.ts"
import type { SqlEngine, SqlStatement } from "./engine.ts"
import type { Store } from "./store.ts"

const statementsMax = 128

/** Questions to the tables. A statement is prepared once and used again; one that writes is refused. */
export const makeQuery = (engine: SqlEngine): Store["query"] => {
  const statements = new Map<string, SqlStatement>()

  const statementOf = (sql: string): SqlStatement => {
    const known = statements.get(sql)
    if (known !== undefined) return known
    refuseWriting(sql)
    if (statements.size >= statementsMax) freeOldest(statements)
    const statement = engine.prepare(sql)
    statements.set(sql, statement)
    return statement
  }

  return (sql, params) => {
    try {
      return statementOf(sql).all(params)
    } catch (cause) {
      throw cause instanceof LogFailed ? cause : unanswered(sql, String(cause))
    }
  }
}

const freeOldest = (statements: Map<string, SqlStatement>): void => {
  const [oldest] = statements
  if (oldest === undefined) return
  oldest[1].free()
  statements.delete(oldest[0])
}

const reads = /^\s*(select|with|values|explain)\b/i
const writes = /\b(insert|update|delete)\b|\breplace\s+into\b/i

const refuseWriting = (sql: string): void => {
  if (reads.test(sql) && !writes.test(sql)) return
  throw unanswered(sql, "only a SELECT is answered here")
}

const unanswered = (sql: string, why: string): LogFailed =>
  new LogFailed({
    reason: "unreadable",
    message: `The question could not be answered: ${why}. It was: ${sql}`,
  })
