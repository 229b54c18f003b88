import { Effect } from "effect"
import * as CliConfig from "effect/cli/CliConfig"
import * as CliOutput from "effect/cli/CliOutput"
import * as GlobalFlag from "effect/cli/GlobalFlag"
import { misuse, written } from "./failure.ts"
import { print, remark } from "./terminal.ts"

/** Help goes to standard output because it was asked for; a mistake is told on standard error. */
export const presenter = (json: boolean) =>
  CliOutput.layerPresenter({
    present: (event) => {
      switch (event._tag) {
        case "Help":
          return Effect.flatMap(CliOutput.Formatter, (formatter) =>
            print(formatter.formatHelpDoc(event.helpDoc).trimEnd()),
          )
        case "InvalidInvocation":
          return remark(written(misuse(event.errors, event.commandPath), json))
        case "Version":
          return print(event.version)
      }
    },
  })

/** Flags that every command has beside its own. */
export const builtIns = CliConfig.layer({
  builtIns: [GlobalFlag.Help, GlobalFlag.Version, GlobalFlag.Completions],
})
