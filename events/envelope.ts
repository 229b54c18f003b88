import { Schema } from "effect"
import type { Fact } from "./fact.ts"
import { RunId } from "./ids.ts"
import type { EpochMs } from "./time.ts"

/** Who asked. `runId` is the run from inside which the command came. */
export const Actor = Schema.Struct({
  kind: Schema.Literals(["agent", "user", "clock", "runner", "system", "import"]),
  id: Schema.NonEmptyString,
  session: Schema.optionalKey(Schema.String),
  channel: Schema.optionalKey(Schema.String),
  chatId: Schema.optionalKey(Schema.String),
  toolCallId: Schema.optionalKey(Schema.String),
  runId: Schema.optionalKey(RunId),
})
export type Actor = typeof Actor.Type

/** By whom, by which command and because of what a fact was recorded, and by which release. */
export const Meta = Schema.Struct({
  actor: Actor,
  command: Schema.Struct({ id: Schema.NonEmptyString, name: Schema.NonEmptyString }),
  correlationId: Schema.NonEmptyString,
  causationId: Schema.optionalKey(Schema.NonEmptyString),
  instance: Schema.String,
  app: Schema.String,
})
export type Meta = typeof Meta.Type

/**
 * A fact with its place in the log. Order is `position`: `at` is the wall clock and may step back.
 */
export interface Recorded<F extends Fact = Fact> {
  readonly position: number
  readonly stream: string
  readonly version: number
  readonly eventId: string
  readonly at: EpochMs
  readonly fact: F
  readonly meta: Meta
}
