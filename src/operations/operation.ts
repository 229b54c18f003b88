import { Effect, type Schema } from "effect"
import type { Actor } from "../../events/envelope.ts"
import type { Refusal } from "../../machines/refusal.ts"
import type { Channels } from "../channels/channel.ts"
import type { Clock } from "../clock/clock.ts"
import type { Engine } from "../engine/engine.ts"
import type { LogFailed } from "../log/event-log.ts"
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
export type OperationServices = Channels | Clock | Engine | Random | Settings | Views

/** A schema whose values are plain JSON, described field by field. */
export type InputSchema<Input> = Schema.Codec<Input, Input> & {
  readonly fields: Readonly<Record<string, Schema.Top>>
}

/**
 * Something one can ask of Horolog. Every face (command line, HTTP, MCP, tools, page) renders this,
 * and none of them knows more. Keys of inputs and outputs are in snake_case; `*_at` is epoch ms.
 */
export interface Operation<
  Name extends string = string,
  Input = never,
  Output = unknown,
  Services = OperationServices,
> {
  readonly name: Name
  /** One sentence, for help and listings. */
  readonly title: string
  /** Whether it asks only, or changes something. */
  readonly kind: "read" | "write"
  readonly input: InputSchema<Input>
  readonly output: Schema.Codec<Output, Output>
  readonly run: (
    input: Input,
    caller: Caller,
  ) => Effect.Effect<Output, Refusal | LogFailed, Services>
}

/** Checks that an operation is one, and keeps its types. */
export const defineOperation = <const Name extends string, Input, Output, Services>(
  operation: Operation<Name, Input, Output, Services>,
): Operation<Name, Input, Output, Services> => operation

/** Runs an operation on input that came from outside: it is checked first, in full. */
export const ask = <Name extends string, Input, Output, Services>(
  operation: Operation<Name, Input, Output, Services>,
  input: unknown,
  caller: Caller,
): Effect.Effect<Output, Refusal | LogFailed, Services> =>
  Effect.flatMap(Effect.fromResult(decodeInput(operation.input, input)), (checked) =>
    operation.run(checked, caller),
  ).pipe(Effect.withSpan(`operation ${operation.name}`))
