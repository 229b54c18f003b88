import type { Recorded } from "../../events/envelope.ts"
import type { Fact, FactOf, FactType } from "../../events/fact.ts"
import type { Plan } from "../../events/plan.ts"
import { jobOfStream, runOfStream } from "../../events/stream.ts"

/** How grave a line is; a reader names the least that is shown. */
export type Level = "debug" | "info" | "warn" | "error"

/** What `serve` says about a fact: ids, times and outcomes; never a prompt, an answer or a secret. */
export interface Line {
  readonly at: number
  readonly level: Level
  readonly event: string
  readonly jobId: string | undefined
  readonly runId: string | undefined
  readonly details: Readonly<Record<string, string | number | null>>
}

/** The line of a fact, or none: chat and audit are nobody's business here. */
export const lineOf = (recorded: Recorded): Line | undefined => {
  const told = tell(recorded.fact)
  if (told === undefined) return undefined
  const [level, details] = told
  return {
    at: recorded.at,
    level,
    event: recorded.fact.type,
    jobId: jobOfStream(recorded.stream) ?? field(recorded.fact, "jobId"),
    runId: runOfStream(recorded.stream) ?? field(recorded.fact, "runId"),
    details,
  }
}

/** Whether a line is grave enough to be shown. */
export const isShown = (line: Line, least: Level): boolean =>
  levels.indexOf(line.level) >= levels.indexOf(least)

export const levels: ReadonlyArray<Level> = ["debug", "info", "warn", "error"]

/** One line for people. */
export const textLine = ({ at, level, event, jobId, runId, details }: Line): string =>
  [
    new Date(at).toISOString(),
    level.padEnd(5),
    event.padEnd(20),
    ...named({ job: jobId, run: runId, ...details }),
  ]
    .join(" ")
    .trimEnd()

/** One line for machines. */
export const jsonLine = ({ at, level, event, jobId, runId, details }: Line): string =>
  JSON.stringify({
    at: new Date(at).toISOString(),
    level,
    event,
    job_id: jobId,
    run_id: runId,
    ...details,
  })

const named = (
  details: Readonly<Record<string, string | number | null | undefined>>,
): ReadonlyArray<string> =>
  Object.entries(details)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => `${name}=${quoted(String(value))}`)

/** A value with blanks in it would run into the next one. */
const quoted = (value: string): string => (/[\s"]/.test(value) ? JSON.stringify(value) : value)

const field = (fact: Fact, name: "jobId" | "runId"): string | undefined =>
  name in fact ? String((fact as unknown as Record<string, unknown>)[name]) : undefined

type Told = readonly [Level, Line["details"]]

type Teller<Type extends FactType> = (fact: FactOf<Type>) => Told | undefined

const tell = (fact: Fact): Told | undefined =>
  (tellers[fact.type] as unknown as (fact: Fact) => Told | undefined)(fact)

const silent = (): undefined => undefined

const ended =
  (level: Level) =>
  (fact: { readonly durationMs: number }): Told => [level, { duration_ms: fact.durationMs }]

const planned =
  (level: Level) =>
  (fact: { readonly plan: Plan }): Told => [level, { next: iso(fact.plan.dueAt) }]

const delivery =
  (level: Level) =>
  ({ channel, attempt }: { readonly channel: string; readonly attempt: number }): Told => [
    level,
    { channel, attempt },
  ]

const plain = (level: Level) => (): Told => [level, {}]

/** One teller per fact, none missing. */
const tellers: { readonly [Type in FactType]: Teller<Type> } = {
  "job.added": planned("info"),
  "job.updated": ({ plan }) => ["info", { next: plan === null ? null : iso(plan.dueAt) }],
  "job.rescheduled": planned("debug"),
  "job.replanned": ({ plan, reason }) => ["info", { next: iso(plan.dueAt), reason }],
  "job.enabled": planned("info"),
  "job.disabled": ({ reason }) => [reason === "failures" ? "error" : "info", { reason }],
  "job.paused": plain("info"),
  "job.resumed": ({ plan }) => ["info", { next: plan === null ? null : iso(plan.dueAt) }],
  "job.disable-requested": plain("info"),
  "job.removal-requested": plain("info"),
  "job.removed": ({ reason }) => ["info", { reason }],
  "retry.planned": ({ attempt, wakeAt, reason }) => [
    "info",
    { attempt, wake: iso(wakeAt), reason },
  ],
  "run.started": ({ dueAt, lateMs, attempt, trigger }) => [
    "info",
    { due: iso(dueAt), late_ms: lateMs, attempt, by: trigger },
  ],
  "run.succeeded": ({ durationMs, outputLength }) => [
    "info",
    { duration_ms: durationMs, output_length: outputLength },
  ],
  "run.failed": ({ durationMs, error }) => [
    "warn",
    { duration_ms: durationMs, error: error.name, class: error.class },
  ],
  "run.timed-out": ended("warn"),
  "run.cancelled": ended("warn"),
  "run.gated": ended("info"),
  "run.interrupted": ({ reason }) => ["warn", { reason }],
  "run.answered-late": ({ outcome }) => ["warn", { outcome }],
  "run.spawned": ({ pid }) => ["debug", { pid }],
  "occurrences.queued": (fact) => ["info", { ...span(fact), cause: fact.cause }],
  "occurrences.skipped": (fact) => ["warn", { ...span(fact), reason: fact.reason }],
  "delivery.attempted": delivery("debug"),
  "delivery.succeeded": delivery("info"),
  "delivery.failed": delivery("warn"),
  "delivery.unknown": delivery("warn"),
  "alert.raised": ({ failuresInRow }) => ["error", { failures_in_row: failuresInRow }],
  "alert.cleared": plain("info"),
  "clock.started": silent,
  "clock.jumped": ({ deltaMs }) => ["warn", { delta_ms: deltaMs }],
  "clock.paused": plain("warn"),
  "clock.resumed": plain("info"),
  "scheduler.started": ({ version, planner }) => ["info", { version, planner }],
  "scheduler.stopped": ({ clean }) => [clean ? "info" : "warn", { clean: String(clean) }],
  "runs.pruned": ({ runIds }) => ["info", { count: runIds.length }],
  "bodies.erased": ({ positions, reason }) => ["info", { count: positions.length, reason }],
  "message.added": silent,
  "session.titled": silent,
  "session.compacted": silent,
  "command.refused": ({ command, code }) => ["debug", { command, code }],
}

const span = (fact: {
  readonly from: number
  readonly to: number
  readonly count: number | null
}): Line["details"] => ({ from: iso(fact.from), to: iso(fact.to), count: fact.count })

const iso = (at: number): string => new Date(at).toISOString()
