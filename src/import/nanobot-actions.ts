import { Result } from "effect"
import { Refusal } from "../../machines/refusal.ts"
import { isFields, type Fields } from "./document.ts"
import { textOf } from "./fields.ts"

/** Jobs as they are once the actions, one on each line, have been applied to them. */
export const mergeActions = (
  jobs: ReadonlyArray<unknown>,
  { file, text }: { readonly file: string; readonly text: string },
): Result.Result<ReadonlyArray<unknown>, Refusal> =>
  Result.gen(function* () {
    let merged = jobs
    for (const [index, line] of text.split("\n").entries()) {
      if (line.trim() === "") continue
      merged = applied(merged, yield* actionOf(line, { file, number: index + 1 }))
    }
    return merged
  })

interface Place {
  readonly file: string
  readonly number: number
}

interface Action {
  readonly action: "add" | "update" | "del"
  readonly id: string
  readonly params: Fields
}

const applied = (
  jobs: ReadonlyArray<unknown>,
  { action, id, params }: Action,
): ReadonlyArray<unknown> => {
  const isIt = (job: unknown): boolean => isFields(job) && job["id"] === id
  if (action === "del") return jobs.filter((job) => !isIt(job))
  const there = jobs.find(isIt)
  if (there === undefined) return [...jobs, params]
  return jobs.map((job) => (isIt(job) ? { ...(there as Fields), ...params } : job))
}

const actionOf = (line: string, place: Place): Result.Result<Action, Refusal> => {
  const read = parsed(line)
  if (!isFields(read) || !isFields(read["params"])) return Result.fail(noAction(line, place))
  const { action, params } = read as { action: unknown; params: Fields }
  const id = textOf(params["id"]) ?? textOf(params["job_id"])
  const isKnown = action === "add" || action === "update" || action === "del"
  if (!isKnown || id === undefined) return Result.fail(noAction(line, place))
  return Result.succeed({ action, id, params })
}

const parsed = (line: string): unknown => {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

const noAction = (received: string, { file, number }: Place): Refusal =>
  new Refusal({
    code: "invalid-input",
    message: `${file}, line ${number}, is no action of nanobot.`,
    received: received.slice(0, 200),
    expected: '{"action":"add","params":{...}}, the same with "update", or "del" with an id',
    hint: "Start nanobot once, so that it takes its actions in; then import jobs.json alone.",
  })
