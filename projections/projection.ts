import type { Recorded } from "../events/envelope.ts"
import type { Fact } from "../events/fact.ts"

/** A fact as a table sees it: what happened, where and when, but not by whom or by which command. */
export type Folded<F extends Fact = Fact> = Omit<Recorded<F>, "meta" | "eventId">

/**
 * One handler per fact of the family, none missing: a new fact does not compile until every table
 * has answered it. A row in, a row out; undefined is no row.
 */
export type Handlers<Row, Family extends Fact> = {
  readonly [Type in Family["type"]]: (
    row: Row | undefined,
    recorded: Folded<Extract<Family, { readonly type: Type }>>,
  ) => Row | undefined
}

/** A table that the log adds up to. Its rows use the columns' names; it knows no SQL. */
export interface Projection<Row, Family extends Fact> {
  readonly table: string
  /** The column that names a row. */
  readonly key: keyof Row & string
  /** The rows a fact touches, by primary key; none when the table does not care. */
  readonly keys: (recorded: Folded<Family>) => ReadonlyArray<string>
  readonly handlers: Handlers<Row, Family>
  /** Facts that begin a row whatever was there: nobody has to look for a former one. */
  readonly begins: ReadonlyArray<Family["type"]>
  /** Facts whose free text a row may show: when it is erased, the row is folded again. */
  readonly shows: ReadonlyArray<Family["type"]>
  /** The streams a row is folded from, so that it can be folded again without the whole log. */
  readonly streams: (row: Row) => ReadonlyArray<string>
}

/** The table keeps its row as it is. */
export const unchanged = <Row>(row: Row | undefined): Row | undefined => row

/** The row goes. */
export const gone = (): undefined => undefined

/** What `row` becomes once `recorded` is in the log. Facts outside the family leave it alone. */
export const project = <Row, Family extends Fact>(
  { handlers }: Projection<Row, Family>,
  row: Row | undefined,
  recorded: Folded,
): Row | undefined => {
  const byType = handlers as unknown as Readonly<
    Record<string, (row: Row | undefined, recorded: Folded) => Row | undefined>
  >
  const handle = byType[recorded.fact.type]
  return handle === undefined ? row : handle(row, recorded)
}

/** The rows of the table that `recorded` may change. */
export const touched = <Row, Family extends Fact>(
  { handlers, keys }: Projection<Row, Family>,
  recorded: Folded,
): ReadonlyArray<string> => {
  const handle = (handlers as Readonly<Record<string, unknown>>)[recorded.fact.type]
  return handle === undefined || handle === unchanged ? none : keys(recorded as Folded<Family>)
}

/** No row at all. */
export const none: ReadonlyArray<string> = []
