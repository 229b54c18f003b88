import { Refusal } from "../../machines/refusal.ts"
import { didYouMean } from "./near.ts"

/** There is no such job; `matches` are the ones it could have been. */
export const jobNotFound = (ref: string, matches: ReadonlyArray<string>): Refusal =>
  notFound(`Job ${ref} not found.`, ref, matches)

/** There is no such run. */
export const runNotFound = (ref: string, matches: ReadonlyArray<string> = []): Refusal =>
  notFound(`Run ${ref} not found.`, ref, matches)

const notFound = (message: string, ref: string, matches: ReadonlyArray<string>): Refusal =>
  new Refusal({
    code: "not-found",
    message: [message, didYouMean(matches)].filter((part) => part !== undefined).join(" "),
    received: ref,
    expected: "an id, a name that only one job has, or the beginning of an id",
    hint: "List the jobs and take the id from there; never guess one.",
    matches,
  })

/** More than one thing goes by that name. */
export const ambiguous = (
  kind: "job" | "run",
  ref: string,
  matches: ReadonlyArray<string>,
): Refusal =>
  new Refusal({
    code: "ambiguous",
    message: `More than one ${kind} is called ${ref}: ${matches.join(", ")}.`,
    received: ref,
    expected: `what names one ${kind}`,
    hint: "Use the id, or more of its characters.",
    matches,
  })

/** The job belongs to another chat than the one that asks. */
export const jobForbidden = (ref: string): Refusal =>
  new Refusal({
    code: "forbidden",
    message: `Job ${ref} belongs to another chat.`,
    received: ref,
    expected: "a job that was made in this chat",
    hint: "Ask in the chat where it was made; people see every job on the command line.",
  })
