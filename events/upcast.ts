import type { FactType } from "./fact.ts"

/** The shape of a fact before the present one, lifted by one step. Pure, and never changed again. */
export type Upcaster = (
  shape: Readonly<Record<string, unknown>>,
) => Readonly<Record<string, unknown>>

/**
 * By type, the steps from shape 1 to the present one: a fact written in shape `n` goes through all
 * steps from the `n`-th on. The number of steps plus one is the present shape's number.
 */
export type Upcasters = Partial<Record<FactType, ReadonlyArray<Upcaster>>>

export const upcasters: Upcasters = {}

/** The number of the shape that this release writes. */
export const schemaOf = (type: FactType, steps: Upcasters = upcasters): number =>
  (steps[type]?.length ?? 0) + 1

/** Lifts a fact that was written in an older shape to the present one. */
export const lift = (
  { type, schema, shape }: Written,
  steps: Upcasters = upcasters,
): Readonly<Record<string, unknown>> =>
  (steps[type] ?? []).slice(schema - 1).reduce((lifted, step) => step(lifted), shape)

/** A fact as its release wrote it: in shape number `schema`. */
export interface Written {
  readonly type: FactType
  readonly schema: number
  readonly shape: Readonly<Record<string, unknown>>
}
