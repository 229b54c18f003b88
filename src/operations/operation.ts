import { Effect, type Schema } from "effect"
import type { Actor } from "../../events/envelope.ts"
import type { Refusal } from "../../machines/refusal.ts"
import type { Channels } from "../channels/channel.ts"
import type { Clock } from "../clock/clock.ts"
import type { Engine } from "../engine/engine.ts"
import type { EventLog, LogFailed } from "../log/event-log.ts"
import type { Random } from "../random.ts"
import type { Settings } from "../settings.ts"
import type { Views } from "../views/views.ts"
import { decodeInput } from "./decode-input.ts"

/** Who asks. The same `commandId` gets the same answer again, also after a restart. */
export interface Caller {
  readonly by: Actor
  readonly commandId?: string
}

/** What the operations are made of. */
export type OperationServices = Channels | Clock | Engine | EventLog | Random | Settings | Views

interface Fields {
  readonly fields: Readonly<Record<string, Schema.Top>>
}

/** A schema whose values are plain JSON, described field by field. */
export type InputSchema<Input> = Schema.Codec<Input, Input> & Fields

/**
 * Something one can ask of Horolog. Every face (command line, HTTP, MCP, tools, page) renders this,
 * and none of them knows more. Keys of inputs and outputs are in snake_case; `*_at` is epoch ms.
 */
export interface Operation<Services = OperationServices> {
  readonly name: string
  /** One sentence, for help and listings. */
  readonly title: string
  /** Whether it asks only, or changes something. */
  readonly kind: "read" | "write"
  readonly input: Schema.Top & Fields
  readonly output: Schema.Top
  /** Runs it on input that came from outside: it is checked first, in full. */
  readonly ask: (
    input: unknown,
    caller: Caller,
  ) => Effect.Effect<unknown, Refusal | LogFailed, Services>
}

/** An operation with its types known, for callers within. */
export interface TypedOperation<
  Name extends string,
  Input,
  Output,
  Services,
> extends Operation<Services> {
  readonly name: Name
  readonly input: InputSchema<Input>
  readonly output: Schema.Codec<Output, Output>
  readonly ask: (
    input: unknown,
    caller: Caller,
  ) => Effect.Effect<Output, Refusal | LogFailed, Services>
  readonly run: (
    input: Input,
    caller: Caller,
  ) => Effect.Effect<Output, Refusal | LogFailed, Services>
}

/** Makes an operation of its parts. */
export const defineOperation = <const Name extends string, Input, Output, Services>(
  parts: Omit<TypedOperation<Name, Input, Output, Services>, "ask">,
): TypedOperation<Name, Input, Output, Services> => ({
  ...parts,
  ask: (input, caller) =>
    Effect.flatMap(Effect.fromResult(decodeInput(parts.input, input)), (checked) =>
      parts.run(checked, caller),
    ),
})
