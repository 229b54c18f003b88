import type { Recorded } from "../../../events/envelope.ts"
import type { FactAnswer, LogAnswer } from "../../operations/log.ts"
import { when } from "./time.ts"

/** Facts, one a line, oldest first. */
export const factLines = ({ facts: all, next_after }: LogAnswer): string => {
  if (all.length === 0) return "The log has nothing there."
  const more = next_after === null ? [] : [`more with --after ${next_after}`]
  return [...all.map(factLine), ...more].join("\n")
}

/** One fact: its place, when, what, and of which job and run. */
export const factLine = (fact: FactAnswer): string =>
  [
    String(fact.position).padStart(6),
    when(fact.at),
    fact.type.padEnd(20),
    fact.job_id ?? "",
    fact.run_id ?? "",
    summary(fact),
  ]
    .filter((part) => part !== "")
    .join("  ")

const summary = ({ fact, by }: FactAnswer): string => {
  const told = ["reason", "attempt", "trigger", "late_ms", "count", "channel", "code"].flatMap(
    (name) =>
      fact[name] === undefined || fact[name] === null ? [] : [`${name}=${say(fact[name])}`],
  )
  const { kind } = by as { readonly kind: string }
  return [...told, `by=${kind}`].join(" ")
}

const say = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value))

/** Whether a fact is one that `log` was asked for. */
export const isWanted =
  (filter: { readonly type: string | undefined; readonly jobId: string | undefined }) =>
  ({ fact, stream }: Recorded): boolean => {
    if (filter.type !== undefined && fact.type !== filter.type) return false
    if (filter.jobId === undefined) return true
    const ids = fact as unknown as { readonly jobId?: string }
    return stream === `job-${filter.jobId}` || ids.jobId === filter.jobId
  }
