import { Result } from "effect"
import { Refusal } from "../../machines/refusal.ts"

/** A JSON object that came from elsewhere. */
export type Fields = Readonly<Record<string, unknown>>

export const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** Reads JSON, or says in which file and where it breaks. */
export const readJson = (file: string, text: string): Result.Result<unknown, Refusal> => {
  const plain = text.replace(/^\uFEFF/, "")
  if (plain.trim() === "") return Result.fail(emptyFile(file))
  if (plain.startsWith("SQLite format 3")) return Result.fail(isDatabase(file))
  try {
    return Result.succeed(JSON.parse(plain))
  } catch (cause) {
    return Result.fail(noJson(file, plain, (cause as Error).message))
  }
}

/** There is nothing in the file. */
export const emptyFile = (file: string): Refusal =>
  new Refusal({
    code: "invalid-input",
    message: `${file} is empty.`,
    received: "",
    expected: "the file in which the old scheduler keeps its jobs",
    hint: "Check the path; a scheduler that was never used may not have written the file yet.",
  })

const isDatabase = (file: string): Refusal =>
  new Refusal({
    code: "invalid-input",
    message: `${file} is a SQLite file, which is not read here.`,
    received: file,
    expected: "the jobs as JSON",
    hint: "Have the old scheduler print them: `openclaw cron list --json --all > jobs.json`.",
  })

/** The file is none of the kind it was said to be. */
export const wrongShape = (file: string, problem: string, expected: string): Refusal =>
  new Refusal({
    code: "invalid-input",
    message: `${file} ${problem}.`,
    received: file,
    expected,
    hint: "Name the scheduler the file comes from: crontab, openclaw, nanobot or hermes.",
  })

const noJson = (file: string, text: string, problem: string): Refusal => {
  const position = /position (\d+)/.exec(problem)?.[1]
  const place = position === undefined ? lastPlace(text) : placeOf(text, Number(position))
  return new Refusal({
    code: "invalid-input",
    message: `${file} is no JSON, at ${place}: ${problem.replace(/ in JSON.*$|\(line .*$/, "").trim()}.`,
    received: file,
    expected: "a JSON file, whole",
    hint: "A file that was cut off, or edited by hand, can often be mended at that place.",
  })
}

const placeOf = (text: string, position: number): string => {
  const lines = text.slice(0, position).split("\n")
  return `line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`
}

const lastPlace = (text: string): string => placeOf(text, text.length)

/** A list of jobs: `{ version, jobs }`, `{ jobs }` or the bare list. */
export const readJobs = (
  file: string,
  text: string,
): Result.Result<{ readonly jobs: ReadonlyArray<unknown>; readonly envelope: Fields }, Refusal> =>
  Result.flatMap(readJson(file, text), (document) => {
    if (Array.isArray(document)) return Result.succeed({ jobs: document, envelope: {} })
    if (!isFields(document) || !Array.isArray(document["jobs"])) {
      return Result.fail(wrongShape(file, "has no list of jobs", 'an object with "jobs": [...]'))
    }
    const { version } = document
    if (version !== undefined && version !== 1) {
      return Result.fail(wrongVersion(file, version))
    }
    return Result.succeed({ jobs: document["jobs"], envelope: document })
  })

const wrongVersion = (file: string, version: unknown): Refusal =>
  new Refusal({
    code: "invalid-input",
    message: `${file} has version ${JSON.stringify(version)}, which is not known here.`,
    received: version,
    expected: "version 1",
    hint: "Use a newer horolog, or export the jobs with the old scheduler's own command.",
  })
