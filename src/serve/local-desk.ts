import { Effect, Stream } from "effect"
import { Refusal } from "../../machines/refusal.ts"
import type { Retention } from "../engine/retention.ts"
import { EventLog, type LogFailed } from "../log/event-log.ts"
import { callIn, catalogue } from "../operations/catalogue.ts"
import { exportLog } from "../operations/export.ts"
import { importJobs } from "../operations/import.ts"
import type { Caller, OperationServices } from "../operations/operation.ts"
import type { Agents } from "../run/agent.ts"
import type { Board } from "../views/board.ts"
import { Desk } from "./desk.ts"
import { refusalOfLog } from "./refusals.ts"
import { backup, erase, prune } from "./upkeep/cleaning.ts"
import type { Keeper } from "./upkeep/keeper.ts"
import { readable } from "./upkeep/readable.ts"
import { replay } from "./upkeep/replay.ts"
import { status } from "./upkeep/status.ts"
import { call, tools } from "./upkeep/tools.ts"
import { rebuild, verify } from "./upkeep/verify.ts"

/** What a desk on a folder is made of. */
export type DeskServices = OperationServices | EventLog | Retention | Keeper | Agents | Board

/** What only people do: it reads or changes the log as a whole. */
const upkeep = {
  import: importJobs,
  export: exportLog,
  verify,
  rebuild,
  prune,
  erase,
  backup,
  replay,
} as const

/** A desk in this process. `served`: this process also keeps the clock. */
export const makeDesk = Effect.fnUntraced(function* (served: boolean) {
  const context = yield* Effect.context<DeskServices>()
  const log = yield* EventLog
  const callOperation = callIn<DeskServices>({
    ...catalogue,
    ...upkeep,
    status: status(served),
    tools,
    call,
  })

  const ask = (operation: string, input: unknown, caller: Caller) => {
    const refusal = refuseUpkeep(operation, caller)
    if (refusal !== undefined) return Effect.fail(refusal)
    return callOperation(operation, input, caller).pipe(
      Effect.catchTag("LogFailed", (failed: LogFailed) => Effect.fail(refusalOfLog(failed))),
      Effect.provideContext(context),
    )
  }

  return Desk.of({
    served,
    ask,
    events: (after) =>
      log.subscribe(after).pipe(
        Stream.catchTag("UnreadableFact", (error) =>
          Stream.fromEffect(readable(Effect.fail(error))),
        ),
        Stream.mapError(refusalOfLog),
      ),
  })
})

const refuseUpkeep = (operation: string, { by }: Caller): Refusal | undefined =>
  by.kind === "agent" && (operation === "status" || Object.hasOwn(upkeep, operation))
    ? new Refusal({
        code: "forbidden",
        message: `Agents may not ask for ${operation}: it concerns the log as a whole.`,
        received: operation,
        expected: `an operation on jobs: ${Object.keys(catalogue).join(", ")}`,
      })
    : undefined
