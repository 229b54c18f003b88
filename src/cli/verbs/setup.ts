import { existsSync, mkdirSync, writeFileSync } from "node:fs"
import { Effect } from "effect"
import * as Command from "effect/cli/Command"
import { Refusal } from "../../../machines/refusal.ts"
import type { Origin } from "../../configuration/configuration.ts"
import { configurationFile } from "../../configuration/folder.ts"
import { template } from "../../configuration/template.ts"
import { table } from "../render/table.ts"
import { folderOf, placeOf } from "../root.ts"
import { show } from "../verb.ts"

/** Writes a commented configuration; one that is there stays as it is. */
export const init = Command.make(
  "init",
  {},
  Effect.fnUntraced(function* () {
    const folder = yield* folderOf
    const file = configurationFile(folder)
    if (existsSync(file)) return yield* Effect.fail(thereAlready(file))
    yield* Effect.try({ try: () => write(folder, file), catch: (cause) => unwritable(file, cause) })
    yield* show(
      { folder, file },
      () =>
        `Wrote ${file}: every key with its default, commented out.\nNext: \`horolog serve\`, and in another terminal \`horolog add 'Hello' --in 1m\`.`,
    )
  }),
).pipe(Command.withDescription("Make a data folder with a commented config.toml"))

// Only for its owner: an agent's environment may hold passwords.
const write = (folder: string, file: string): void => {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  writeFileSync(file, template(), { mode: 0o600, flag: "wx" })
}

const thereAlready = (file: string): Refusal =>
  new Refusal({
    code: "exists",
    message: `There is a configuration already: ${file}. It was left as it is.`,
    received: file,
    expected: "a data folder without config.toml",
    hint: "Change that file, or name another folder with --data.",
  })

const unwritable = (file: string, cause: unknown): Refusal =>
  new Refusal({
    code: "store-failed",
    message: `The configuration ${file} cannot be written: ${String(cause)}.`,
    received: file,
    expected: "a folder this user may write to",
    hint: "Name another folder with --data.",
  })

/** What holds, and where it comes from. */
export const config = Command.make(
  "config",
  {},
  Effect.fnUntraced(function* () {
    const { folder, configuration } = yield* placeOf()
    yield* show({ folder, values: configuration.origins }, ({ folder, values }) =>
      [`Data folder: ${folder}`, table(["KEY", "VALUE", "FROM"], values.map(row))].join("\n"),
    )
  }),
).pipe(Command.withDescription("Show every value of the configuration, and where it comes from"))

const row = ({ key, value, from }: Origin): ReadonlyArray<string> => [
  key,
  value === null ? "-" : typeof value === "string" ? value : JSON.stringify(value),
  from,
]
