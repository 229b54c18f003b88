import { Context, type Effect } from "effect"
import type { LogFailed } from "../../log/event-log.ts"

/** What upkeep has to know of the log beside the facts; filled by whoever picked the store. */
export class Keeper extends Context.Service<
  Keeper,
  {
    /** null: in memory. */
    readonly folder: string | null
    readonly engine: "sql.js" | "native" | "memory"
    readonly journalBytes: () => number
    /** What opening the folder found that somebody should know; a sentence each. */
    readonly notes: ReadonlyArray<string>
    /** Folds the journal into the file; texts that were erased are then gone from the disk. */
    readonly checkpoint: Effect.Effect<void, LogFailed>
    /** Says to other processes where this one answers. */
    readonly announce: (serving: {
      readonly address: string
      readonly token: string
    }) => Effect.Effect<void, LogFailed>
  }
>()("horolog/serve/Keeper") {}
