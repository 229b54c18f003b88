import { Effect } from "effect"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { dataFolder, readConfiguration } from "../configuration/folder.ts"
import type { Configuration } from "../configuration/configuration.ts"

/** `horolog` itself, with the flags every verb understands. */
export const root = Command.make("horolog").pipe(
  Command.withDescription(
    "Runs prompts when they are due, delivers the answers, and can prove what happened.",
  ),
  Command.withSharedFlags({
    json: Flag.Boolean("json").pipe(
      Flag.withDefault(false),
      Flag.withDescription("One JSON document on standard output; errors as JSON too"),
    ),
    data: Flag.String("data").pipe(
      Flag.withMetavar("FOLDER"),
      Flag.withDescription("The data folder; else HOROLOG_DATA, else ~/.horolog"),
      Flag.optional,
    ),
    set: Flag.KeyValuePair("set").pipe(
      Flag.withMetavar("KEY=VALUE"),
      Flag.withDescription("A key of the configuration, such as gateway.port=4800"),
      Flag.withDefault({}),
    ),
  }),
)

/** A data folder with the configuration that holds for this command. */
export interface Place {
  readonly folder: string
  readonly configuration: Configuration
}

/** The place this command is about; `flags` are keys that a verb has flags of its own for. */
export const placeOf = Effect.fnUntraced(function* (flags: Readonly<Record<string, string>> = {}) {
  const { set } = yield* root
  const folder = yield* folderOf
  const all = { ...set, ...flags }
  const configuration = yield* Effect.fromResult(readConfiguration(folder, process.env, all))
  const place: Place = { folder, configuration }
  return place
})

/** The data folder of this command, whatever its configuration says. */
export const folderOf = Effect.map(root, ({ data }) =>
  dataFolder(data._tag === "Some" ? data.value : undefined, process.env),
)
