import { resolve } from "node:path"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import type { ExportAnswer } from "../../operations/export.ts"
import { asking } from "../verb.ts"

/** Writes the whole log out, also while a server runs. */
export const exportLog = Command.make(
  "export",
  {
    file: Argument.String("file").pipe(Argument.withDescription("A file that does not exist yet")),
  },
  ({ file }) =>
    asking<ExportAnswer>(
      "export",
      { file: resolve(file) },
      ({ file, facts, answers, head }) =>
        `Wrote ${facts} facts and ${answers} answers, up to position ${head}, to ${file}.`,
    ),
).pipe(
  Command.withDescription("Write the whole log as lines of JSON, which `restore` reads back"),
  Command.withExamples([{ command: "horolog export horolog.ndjson" }]),
)
