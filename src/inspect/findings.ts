import type { Tables } from "../../projections/all.ts"

/** Something in the log or its tables that is not as it should be. */
export interface Finding {
  readonly what: "gap" | "chain" | "text" | "version" | "unreadable" | "row" | "accounting"
  readonly position?: number
  readonly row?: { readonly table: keyof Tables; readonly key: string }
  readonly message: string
}

/** What was found: the first of it in full, and how much it is. */
export interface Findings {
  readonly add: (finding: Finding) => void
  readonly list: () => ReadonlyArray<Finding>
  readonly count: () => number
}

const listMax = 100

export const makeFindings = (): Findings => {
  const list: Array<Finding> = []
  let count = 0
  return {
    add: (finding) => {
      count += 1
      if (list.length < listMax) list.push(finding)
    },
    list: () => list,
    count: () => count,
  }
}
