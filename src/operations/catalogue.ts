import { Effect } from "effect"
import { Refusal } from "../../machines/refusal.ts"
import type { LogFailed } from "../log/event-log.ts"
import { didYouMean, nearest } from "../views/near.ts"
import { add } from "./add.ts"
import { diff } from "./diff.ts"
import { list } from "./list.ts"
import { log } from "./log.ts"
import { next } from "./next.ts"
import type { Caller, Operation, OperationServices } from "./operation.ts"
import { pause, resume } from "./pause.ts"
import { cancel, run } from "./run.ts"
import { runs } from "./runs.ts"
import { show } from "./show.ts"
import { simulate } from "./simulate.ts"
import { disable, enable, remove } from "./toggle.ts"
import { update } from "./update.ts"
import { why } from "./why.ts"

/**
 * Everything one can ask about jobs, in the order in which help lists it. Another file's operations
 * join by being spread beside these; `callIn` then takes that bigger catalogue.
 */
export const catalogue = {
  add,
  list,
  show,
  update,
  enable,
  disable,
  remove,
  pause,
  resume,
  run,
  cancel,
  runs,
  next,
  simulate,
  log,
  why,
  diff,
} as const

/** Operations by name, whatever they take and give. */
export type Catalogue<Services = OperationServices> = Readonly<Record<string, Operation<Services>>>

/** Asks an operation of `operations` by its name, as faces do: the input is checked here. */
export const callIn =
  <Services>(operations: Catalogue<Services>) =>
  (
    name: string,
    input: unknown,
    caller: Caller,
  ): Effect.Effect<unknown, Refusal | LogFailed, Services> => {
    const operation = Object.hasOwn(operations, name) ? operations[name] : undefined
    return operation === undefined
      ? Effect.fail(unknownOperation(name, Object.keys(operations)))
      : operation.ask(input, caller)
  }

/** Asks one of the operations above by its name. */
export const call = callIn<OperationServices>(catalogue)

const unknownOperation = (name: string, known: ReadonlyArray<string>): Refusal => {
  const matches = nearest(name, known)
  return new Refusal({
    code: "not-found",
    message: [`There is no operation "${name}".`, didYouMean(matches)]
      .filter((part) => part !== undefined)
      .join(" "),
    received: name,
    expected: `one of ${known.join(", ")}`,
    ...(matches.length > 0 && { matches }),
  })
}
