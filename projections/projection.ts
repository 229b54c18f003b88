import type { Recorded } from "../events/envelope.ts"
import type { Fact } from "../events/fact.ts"

/**
 * One handler per fact of the family, none missing: a new fact does not compile until every table
 * has answered it. A row in, a row out; undefined is no row.
 */
export type Handlers<Row, Family extends Fact> = {
  readonly [Type in Family["type"]]: (
    row: Row | undefined,
    recorded: Recorded<Extract<Family, { readonly type: Type }>>,
  ) => Row | undefined
}

/** A table that the log adds up to. Its rows use the columns' names; it knows no SQL. */
export interface Projection<Row, Family extends Fact> {
  readonly table: string
  /** The rows a fact touches, by primary key; none when the table does not care. */
  readonly keys: (recorded: Recorded<Family>) => ReadonlyArray<string>
  readonly handlers: Handlers<Row, Family>
}

/** The table keeps its row as it is. */
export const unchanged = <Row>(row: Row | undefined): Row | undefined => row

/** What `row` becomes once `recorded` is in the log. Facts outside the family leave it alone. */
export const project = <Row, Family extends Fact>(
  { handlers }: Projection<Row, Family>,
  row: Row | undefined,
  recorded: Recorded,
): Row | undefined => {
  const byType = handlers as unknown as Readonly<
    Record<string, (row: Row | undefined, recorded: Recorded) => Row | undefined>
  >
  const handle = byType[recorded.fact.type]
  return handle === undefined ? row : handle(row, recorded)
}
