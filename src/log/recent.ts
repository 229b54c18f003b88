import type { Recorded } from "../../events/envelope.ts"

/** The facts that became durable last, for those who follow closely; the others read the log. */
export interface Recent {
  readonly push: (facts: ReadonlyArray<Recorded>) => void
  /** Facts after a position, or undefined when they are not at hand any more. */
  readonly after: (position: number, limit: number) => ReadonlyArray<Recorded> | undefined
}

const recentMax = 2_048

export const makeRecent = (): Recent => {
  let facts: Array<Recorded> = []
  return {
    push: (added) => {
      // A text that is erased must not be told from here either.
      const erasing = added.some(({ fact }) => fact.type === "bodies.erased")
      facts = erasing ? [] : facts
      for (const fact of erasing ? [] : added) facts.push(fact)
      if (facts.length > 2 * recentMax) facts = facts.slice(-recentMax)
    },
    after: (position, limit) => {
      const first = facts[0]?.position
      if (first === undefined || position + 1 < first) return undefined
      const from = position + 1 - first
      return facts.slice(from, from + limit)
    },
  }
}
