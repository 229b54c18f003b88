import { Result } from "effect"
import * as Toml from "effect/encoding/Toml"
import { Refusal } from "../../machines/refusal.ts"
import { keys, sections, variableOf, type Key } from "./keys.ts"
import { nearest } from "./nearest.ts"
import { isTable, readText, readValue } from "./value.ts"

/** Where configuration comes from; a later one wins. */
export interface Sources {
  readonly file?: { readonly path: string; readonly text: string }
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Key to value, as typed. */
  readonly flags: Readonly<Record<string, string>>
}

/** A value and where it was found. */
export interface Found {
  readonly value: unknown
  readonly from: string
}

/** What holds where nothing is said. */
export const defaults: ReadonlyMap<string, Found> = new Map(
  keys.map(({ path, fallback }) => [path, { value: fallback, from: "default" }]),
)

interface Problem {
  readonly where: string
  readonly received: unknown
  readonly expected: string
  readonly hint?: string
}

/** Every key with its value, or a refusal that names all that is wrong at once. */
export const readSources = (
  sources: Sources,
): Result.Result<ReadonlyMap<string, Found>, Refusal> => {
  const found = new Map(defaults)
  const problems = [
    ...(sources.file === undefined ? [] : readFile(sources.file, found)),
    ...readEnvironment(sources.environment, found),
    ...readFlags(sources.flags, found),
  ]
  const [first] = problems
  return first === undefined ? Result.succeed(found) : Result.fail(refusal(first, problems))
}

const readFile = (
  file: { readonly path: string; readonly text: string },
  found: Map<string, Found>,
): ReadonlyArray<Problem> => {
  const parsed = Toml.parse(file.text)
  if (Result.isFailure(parsed)) return [unparsed(file.path, parsed.failure.message)]
  const leaves = leavesOf(parsed.success, "")
  return leaves.flatMap(([path, value]) => {
    const key = keys.find((one) => one.path === path)
    if (key === undefined) return [unknownKey(file.path, path, value)]
    return keep(found, { key, from: file.path, received: value }, readValue(key.kind, value))
  })
}

const unparsed = (path: string, message: string): Problem => ({
  where: path,
  received: message,
  expected: "TOML",
  hint: "Texts need quotes, tables look like [agent], comments start with #.",
})

/** The values of the file by their full path; a table that is a value by itself stays whole. */
const leavesOf = (
  table: Readonly<Record<string, unknown>>,
  prefix: string,
): ReadonlyArray<readonly [string, unknown]> =>
  Object.entries(table).flatMap(([name, value]) => {
    const path = prefix === "" ? name : `${prefix}.${name}`
    return isTable(value) && sections.includes(path) ? leavesOf(value, path) : [[path, value]]
  })

const unknownKey = (where: string, path: string, received: unknown): Problem => {
  const isSection = isTable(received)
  const among = isSection ? sections : keys.map((one) => one.path)
  const near = nearest(path, among) ?? sameEnd(path)
  return {
    where: `${where}, ${isSection ? `section [${path}]` : path}`,
    received,
    expected: isSection ? "a section horolog knows" : "a key horolog knows",
    hint:
      near === undefined
        ? `There are: ${among.join(", ")}.`
        : `Did you mean ${near}?${isSection || sameTable(near, path) ? "" : " It belongs there."}`,
  }
}

/** A key that was written into the wrong section. */
const sameEnd = (path: string): string | undefined => {
  const end = path.split(".").at(-1) ?? path
  return keys.find((one) => one.path.endsWith(`.${end}`))?.path
}

const sameTable = (one: string, other: string): boolean =>
  one.slice(0, one.lastIndexOf(".")) === other.slice(0, other.lastIndexOf("."))

const readEnvironment = (
  environment: Sources["environment"],
  found: Map<string, Found>,
): ReadonlyArray<Problem> => {
  const byVariable = new Map(keys.map((key) => [variableOf(key.path), key]))
  return Object.entries(environment).flatMap(([name, text]) => {
    if (text === undefined || !isOurs(name)) return []
    const key = byVariable.get(name)
    if (key === undefined) return [unknownVariable(name, [...byVariable.keys()])]
    return keep(found, { key, from: name, received: text }, readText(key.kind, text))
  })
}

/** HOROLOG_DATA, HOROLOG_RUN and such are no keys; what begins with a section is meant as one. */
const isOurs = (name: string): boolean =>
  sections.some((section) => name.startsWith(`${variableOf(section)}_`)) && !notKeys.has(name)

const notKeys: ReadonlySet<string> = new Set(["HOROLOG_CHANNEL", "HOROLOG_CHAT_ID"])

const unknownVariable = (name: string, variables: ReadonlyArray<string>): Problem => {
  const near = nearest(name, variables)
  return {
    where: `environment, ${name}`,
    received: name,
    expected: "a variable horolog knows",
    hint: near === undefined ? "`horolog config` lists them all." : `Did you mean ${near}?`,
  }
}

const readFlags = (flags: Sources["flags"], found: Map<string, Found>): ReadonlyArray<Problem> =>
  Object.entries(flags).flatMap(([path, text]) => {
    const key = keys.find((one) => one.path === path)
    if (key === undefined) return [unknownKey("--set", path, text)]
    return keep(found, { key, from: "flag", received: text }, readText(key.kind, text))
  })

const keep = (
  found: Map<string, Found>,
  { key, from, received }: { readonly key: Key; readonly from: string; readonly received: unknown },
  read: Result.Result<unknown, string>,
): ReadonlyArray<Problem> => {
  if (Result.isSuccess(read)) {
    found.set(key.path, { value: read.success, from })
    return []
  }
  const shown = key.secret ? "[secret]" : received
  return [{ where: `${from}, ${key.path}`, received: shown, expected: read.failure }]
}

const refusal = (first: Problem, problems: ReadonlyArray<Problem>): Refusal =>
  new Refusal({
    code: "invalid-input",
    message: `The configuration cannot be used:\n${problems.map(line).join("\n")}`,
    received: first.received,
    expected: first.expected,
    hint: first.hint ?? "Mend the value, or leave the key out for its default.",
  })

const line = ({ where, received, expected, hint }: Problem): string =>
  `  ${where}: received ${JSON.stringify(received)}, expected ${expected}.${
    hint === undefined ? "" : ` ${hint}`
  }`
