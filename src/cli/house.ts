import { Context, type Effect, type Scope } from "effect"
import type { Refusal } from "../../machines/refusal.ts"
import type { Desk } from "../serve/desk.ts"
import type { Level } from "../serve/lines.ts"
import type { Place } from "./root.ts"

/** How `serve` writes its lines. */
export interface ServeOptions {
  readonly format: "text" | "json"
  readonly level: Level
}

/** What stands behind the command line: it is told how to open a folder, and knows no store. */
export class House extends Context.Service<
  House,
  {
    readonly version: string
    /**
     * A desk on the folder: the server's where one holds it, else one in this process. With
     * `carryOut` runs that are asked for are carried out here, though nothing falls due.
     */
    readonly desk: (
      place: Place,
      options: { readonly carryOut: boolean },
    ) => Effect.Effect<Desk["Service"], Refusal, Scope.Scope>
    /** Serves the folder until it is told to stop. */
    readonly serve: (place: Place, options: ServeOptions) => Effect.Effect<void, Refusal>
    /** A desk in memory, for what needs no store. */
    readonly passing: (place: Place) => Effect.Effect<Desk["Service"], Refusal, Scope.Scope>
    /** Puts a backup into a folder that has no log. */
    readonly restore: (
      place: Place,
      file: string,
    ) => Effect.Effect<{ readonly head: number }, Refusal>
  }
>()("horolog/cli/House") {}
