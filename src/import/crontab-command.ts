import type { Environment } from "./crontab-environment.ts"

/** What a command runs under. */
export interface Under {
  readonly variables: Environment
  readonly shell: string | undefined
}

/**
 * A crontab's command as a script: its variables are set first, then it runs. The first `%` that no
 * backslash stands before ends the command; what follows is its input, in which `%` ends a line.
 */
export const commandLine = (written: string, { variables, shell }: Under): string => {
  const [command = "", ...input] = parts(written)
  const script = shell === undefined ? command : `exec ${quoted(shell)} -c ${quoted(command)}`
  const exports = variables.map(([name, value]) => `export ${name}=${quoted(value)}`)
  return [...exports, input.length === 0 ? script : withInput(script, input)].join("\n")
}

/** The parts between the `%`; `\%` is a `%` that ends nothing. */
const parts = (written: string): ReadonlyArray<string> =>
  written.split(/(?<!\\)%/).map((part) => part.replaceAll("\\%", "%"))

/** A text as one word of a shell. */
export const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`

const withInput = (script: string, lines: ReadonlyArray<string>): string => {
  let end = "INPUT"
  while (lines.includes(end)) end += "_"
  return [`{\n${script}\n} <<'${end}'`, ...lines, end].join("\n")
}
