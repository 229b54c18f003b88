import { Effect, Result } from "effect"
import { Refusal } from "../../machines/refusal.ts"

/** Writes to standard output: what was asked for, and nothing else. */
export const print = (text: string): Effect.Effect<void> =>
  Effect.sync(() => void process.stdout.write(`${text}\n`))

/** Writes to standard error: what somebody should know besides. */
export const remark = (text: string): Effect.Effect<void> =>
  Effect.sync(() => void process.stderr.write(`${text}\n`))

/** The command was not understood. It ends with 2, where a refusal ends with 1. */
export class Misused extends Error {
  readonly _tag = "Misused"
  readonly refusal: Refusal
  constructor(parts: {
    readonly message: string
    readonly received?: unknown
    readonly expected: string
    readonly hint?: string
  }) {
    super(parts.message)
    this.refusal = new Refusal({ code: "invalid-input", ...parts })
  }
}

/** A text given as an argument, or standard input when it is `-`. */
export const textOrInput = (given: string): Effect.Effect<string, Misused> =>
  given === "-" ? Effect.flatMap(Effect.promise(readInput), notEmpty) : Effect.succeed(given)

/** JSON given as an argument, or on standard input when it is `-`. */
export const jsonOrInput = (given: string): Effect.Effect<unknown, Misused> =>
  Effect.flatMap(textOrInput(given), (text) =>
    Effect.fromResult(
      Result.try({
        try: () => JSON.parse(text) as unknown,
        catch: (cause) =>
          new Misused({
            message: `This is no JSON: ${String(cause)}`,
            received: text,
            expected: `a JSON object such as '{"status":"enabled"}'`,
            hint: "Put it in single quotes, or send it on standard input with -.",
          }),
      }),
    ),
  )

const readInput = async (): Promise<string> => {
  const chunks: Array<Buffer> = []
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString("utf8").trimEnd()
}

const notEmpty = (text: string): Effect.Effect<string, Misused> =>
  text === ""
    ? Effect.fail(
        new Misused({
          message: "Standard input was empty.",
          received: "",
          expected: "a text on standard input",
          hint: "Pipe something in, or give the text as an argument.",
        }),
      )
    : Effect.succeed(text)
