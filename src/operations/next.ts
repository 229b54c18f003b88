import { Effect, Result, Schema } from "effect"
import { nextDue, nextRuns } from "../../machines/next-due.ts"
import { Refusal } from "../../machines/refusal.ts"
import { scheduleWords } from "../../machines/schedule-words.ts"
import { resolveSchedule } from "../../machines/schedule.ts"
import type { Schedule } from "../../events/schedule.ts"
import { Clock } from "../clock/clock.ts"
import { Settings } from "../settings.ts"
import { scheduleOf, ZoneFrom } from "./job-answer.ts"
import { Moment, toMoment } from "./moment.ts"
import { defineOperation } from "./operation.ts"
import {
  noSchedule,
  scheduleFields,
  toScheduleRequest,
  type ScheduleInput,
} from "./schedule-input.ts"
import { jobNamed } from "./target.ts"

const countDefault = 5
const countMax = 1_000

const previewFields = {
  ...scheduleFields,
  from: Schema.optionalKey(
    Schema.Union([Schema.String, Schema.Int]).annotate({
      description: "Times after this one: ISO 8601 with offset or Z, or epoch ms; now by default.",
    }),
  ),
  count: Schema.optionalKey(
    Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: countMax })).annotate({
      description: `How many: ${countDefault}, up to ${countMax}.`,
    }),
  ),
} as const

/** A schedule to be tried out. */
export const PreviewInput = Schema.Struct(previewFields)
export type PreviewInput = typeof PreviewInput.Type

export const NextInput = Schema.Struct({
  job_id: Schema.optionalKey(
    Schema.NonEmptyString.annotate({ description: "A job, instead of a schedule." }),
  ),
  ...previewFields,
})

export const NextAnswer = Schema.Struct({
  /** A plain sentence. */
  schedule: Schema.String,
  next: Schema.Array(Moment),
  zone: Schema.String,
  zone_from: ZoneFrom,
})
export type NextAnswer = typeof NextAnswer.Type

/** When a schedule would be due. Asks no store: it is arithmetic. */
export const preview = Effect.fn("preview")(function* ({ from, count, ...input }: PreviewInput) {
  const { zone, zoneFrom } = yield* Settings
  const now = (yield* Clock).now()
  const start = yield* Effect.fromResult(instant(from, now))
  const request = yield* Effect.fromResult(toScheduleRequest(input as ScheduleInput))
  if (request === undefined) return yield* noSchedule(Object.keys(input))
  const resolved = yield* Effect.fromResult(
    resolveSchedule(request, { now: from === undefined ? now : start, zone, zoneFrom }),
  )
  return nextAnswer(resolved.schedule, resolved.zoneFrom, { dueAt: resolved.firstDueAt, count })
})

/** The next times of a schedule or of a job; nothing is stored. */
export const next = defineOperation({
  name: "next",
  title: "Preview the next times of a schedule or a job",
  kind: "read",
  input: NextInput,
  output: NextAnswer,
  run: Effect.fn("next")(function* ({ job_id, ...input }, caller) {
    if (job_id === undefined) return yield* preview(input)
    const { from, count, ...asked } = input
    const also = Object.keys(asked)
    if (also.length > 0) return yield* jobAndSchedule(job_id, also)
    const row = yield* jobNamed(job_id, caller)
    const now = (yield* Clock).now()
    const start = yield* Effect.fromResult(instant(from, now))
    const schedule = scheduleOf(row)
    return nextAnswer(schedule, "job", { dueAt: nextDue(schedule, start), count })
  }),
})

const nextAnswer = (
  schedule: Schedule,
  zone_from: NextAnswer["zone_from"],
  {
    dueAt,
    count = countDefault,
  }: { readonly dueAt: number | undefined; readonly count: number | undefined },
): NextAnswer => {
  const later =
    dueAt === undefined ? [] : [dueAt, ...nextRuns(schedule, { from: dueAt, count: count - 1 })]
  return {
    schedule: scheduleWords(schedule),
    next: later.map((at) => toMoment(at, schedule.tz)),
    zone: schedule.tz,
    zone_from,
  }
}

/** Without an offset a time would depend on where it is read, so one is asked for. */
export const instant = (
  from: string | number | undefined,
  now: number,
): Result.Result<number, Refusal> => {
  if (from === undefined) return Result.succeed(now)
  if (typeof from === "number") return Result.succeed(from)
  const at = /(?:z|[+-]\d\d:?\d\d)$/i.test(from) ? Date.parse(from) : Number.NaN
  return Number.isNaN(at) ? Result.fail(noInstant(from)) : Result.succeed(at)
}

const noInstant = (from: string): Refusal =>
  new Refusal({
    code: "invalid-input",
    message: `"${from}" names no instant.`,
    received: from,
    expected: "ISO 8601 with an offset or Z, such as 2026-12-01T09:00:00Z, or epoch milliseconds",
  })

const jobAndSchedule = (jobId: string, also: ReadonlyArray<string>): Refusal =>
  new Refusal({
    code: "invalid-input",
    message: `Both the job ${jobId} and ${also.join(", ")} were given.`,
    received: also,
    expected: "either job_id or a schedule",
  })
