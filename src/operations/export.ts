import { createHash } from "node:crypto"
import { open, rm, type FileHandle } from "node:fs/promises"
import { isAbsolute } from "node:path"
import { Effect, Schema } from "effect"
import { Refusal } from "../../machines/refusal.ts"
import { EventLog } from "../log/event-log.ts"
import { Settings } from "../settings.ts"
import { exportLines, type Tally } from "./export-lines.ts"
import { defineOperation } from "./operation.ts"

export const ExportAnswer = Schema.Struct({
  file: Schema.String,
  head: Schema.Int,
  /** The last hash of the chain. */
  hash: Schema.String,
  facts: Schema.Int,
  answers: Schema.Int,
})
export type ExportAnswer = typeof ExportAnswer.Type

/** Writes the whole log as lines of JSON, page by page, while work goes on. */
export const exportLog = defineOperation({
  name: "export",
  title: "Write the whole log as lines of JSON into a file",
  kind: "read",
  input: Schema.Struct({
    file: Schema.NonEmptyString.annotate({ description: "An absolute path that is free." }),
  }),
  output: ExportAnswer,
  run: Effect.fn("export")(function* ({ file }) {
    if (!isAbsolute(file)) return yield* relative(file)
    const log = yield* EventLog
    const { app } = yield* Settings
    yield* log.durable
    return yield* Effect.acquireUseRelease(
      openNew(file),
      Effect.fnUntraced(function* (handle) {
        const tally = yield* exportLines(log, app, writerTo(handle, file))
        yield* attempt(file, () => handle.sync())
        return { file, ...tally } satisfies Tally & { file: string }
      }),
      (handle, exit) =>
        Effect.promise(async () => {
          await handle.close()
          // A part of an export is of no use, and would stand in the way of the next one.
          if (exit._tag === "Failure") await rm(file, { force: true })
        }),
    )
  }),
})

/** Writes lines, and keeps the digest of all of them. */
const writerTo = (handle: FileHandle, file: string) => {
  const digest = createHash("sha256")
  return {
    write: (lines: ReadonlyArray<string>) =>
      attempt(file, async () => {
        const text = lines.map((line) => `${line}\n`).join("")
        digest.update(text)
        await handle.appendFile(text)
      }),
    digest: () => digest.copy().digest("base64url"),
  }
}

const attempt = <A>(file: string, work: () => Promise<A>): Effect.Effect<A, Refusal> =>
  Effect.tryPromise({ try: work, catch: (cause) => notWritten(file, cause) })

/** Readable for its owner alone: it holds every prompt and every answer. */
const openNew = (file: string): Effect.Effect<FileHandle, Refusal> =>
  Effect.tryPromise({
    try: () => open(file, "wx", 0o600),
    catch: (cause) =>
      (cause as NodeJS.ErrnoException).code === "EEXIST" ? exists(file) : notWritten(file, cause),
  })

const exists = (file: string): Refusal =>
  new Refusal({
    code: "exists",
    message: `There is a file ${file} already; it was left as it is.`,
    received: file,
    expected: "the path of a file that does not exist",
    hint: "Name another file.",
  })

const notWritten = (file: string, cause: unknown): Refusal =>
  new Refusal({
    code: "store-failed",
    message: `The export ${file} could not be written: ${(cause as Error).message}.`,
    received: file,
    expected: "a path that can be written to",
    hint: "The log itself is untouched. Check the folder and the disk that the export goes to.",
  })

const relative = (received: string): Refusal =>
  new Refusal({
    code: "invalid-input",
    message: "The path of an export must be absolute.",
    received,
    expected: "a path such as /backups/horolog.ndjson",
  })
