import { Cause, Exit, Result } from "effect"
import type { NonShowHelpErrors, ShowHelp } from "effect/cli/CliError"
import { Refusal } from "../../machines/refusal.ts"
import { refusalJson } from "../serve/refusals.ts"
import { Misused } from "./terminal.ts"

/** How a command ended: what is said about it, and with which code. */
export interface Ending {
  readonly code: number
  /** For standard error; none when all was said. */
  readonly said: string | undefined
}

/** Codes: 0 done, 1 refused, 2 misused, 128 + n ended by signal n. */
export const endingOf = (
  exit: Exit.Exit<unknown, unknown>,
  { json, signal }: { readonly json: boolean; readonly signal: number | undefined },
): Ending => {
  if (Exit.isSuccess(exit)) return { code: 0, said: undefined }
  if (Cause.hasInterruptsOnly(exit.cause)) return { code: 128 + (signal ?? 2), said: undefined }
  const error = Result.getOrUndefined(Cause.findError(exit.cause))
  if (error instanceof Misused) return { code: 2, said: written(error.refusal, json) }
  if (error instanceof Refusal) return { code: 1, said: written(error, json) }
  if (isShowHelp(error)) return { code: error.errors.length > 0 ? 2 : 0, said: undefined }
  return { code: 1, said: bug(exit.cause, json) }
}

/** Parsing failed: what was wrong, in the words of a refusal. */
export const misuse = (
  errors: ReadonlyArray<NonShowHelpErrors>,
  path: ReadonlyArray<string>,
): Refusal => {
  const [first] = errors
  return new Refusal({
    code: "invalid-input",
    message: errors.map(({ message }) => message.replaceAll(/\s*\n\s*/g, " ").trim()).join(" "),
    ...(first !== undefined && receivedOf(first)),
    hint: `See \`${path.join(" ")} --help\`.`,
  })
}

const receivedOf = (
  error: NonShowHelpErrors,
): { readonly received?: unknown; readonly expected?: string } => {
  switch (error._tag) {
    case "UnrecognizedOption":
      return { received: error.option, expected: near(error.suggestions, "a flag it knows") }
    case "UnknownSubcommand":
      return { received: error.subcommand, expected: near(error.suggestions, "a verb it knows") }
    case "InvalidValue":
      return { received: error.value, expected: error.expected }
    case "MissingArgument":
      return { received: null, expected: `the argument ${error.argument}` }
    case "MissingOption":
      return { received: null, expected: `the flag --${error.option}` }
    case "UnexpectedArgument":
      return { received: error.arguments, expected: "no further argument" }
    case "DuplicateOption":
    case "ValidationError":
    case "UserError":
      return {}
  }
}

const near = (suggestions: ReadonlyArray<string>, otherwise: string): string =>
  suggestions.length === 0 ? otherwise : suggestions.join(" or ")

/** A refusal for people: a sentence, what would have been right, how to mend it. */
export const written = (refusal: Refusal, json: boolean): string => {
  if (json) return JSON.stringify(refusalJson(refusal))
  const { message, expected, hint, matches, allowed } = refusal
  return [
    message,
    ...(expected === undefined ? [] : [`Expected: ${expected}.`]),
    ...(expected !== undefined || allowed === undefined || allowed.length === 0
      ? []
      : [`Possible now: ${allowed.join(", ")}.`]),
    ...(matches === undefined || matches.length === 0 ? [] : [`There are: ${matches.join(", ")}.`]),
    ...(hint === undefined ? [] : [hint]),
  ].join("\n")
}

const isShowHelp = (error: unknown): error is ShowHelp =>
  typeof error === "object" && error !== null && "_tag" in error && error._tag === "ShowHelp"

const bug = (cause: Cause.Cause<unknown>, json: boolean): string => {
  const message = "This is a bug in horolog; what was acknowledged before is kept."
  return json
    ? JSON.stringify({ code: "bug", message, received: Cause.pretty(cause) })
    : `${message}\n${Cause.pretty(cause)}`
}
