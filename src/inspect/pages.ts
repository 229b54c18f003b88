import { Effect } from "effect"

/** How many facts are read at a time. */
export const pageSize = 1_000

/** Reads page after page, and lets others go on between them. `visit` gets each page. */
export const eachPage = <A extends { readonly position: number }, E>(
  read: (options: {
    after: number
    upTo: number
    limit: number
  }) => Effect.Effect<ReadonlyArray<A>, E>,
  { after, upTo }: { readonly after: number; readonly upTo: number },
  visit: (page: ReadonlyArray<A>) => void,
): Effect.Effect<void, E> =>
  Effect.gen(function* () {
    let position = after
    while (position < upTo) {
      const page = yield* read({ after: position, upTo, limit: pageSize })
      const last = page.at(-1)
      if (last === undefined) return
      visit(page)
      position = last.position
      yield* Effect.yieldNow
    }
  })
