import { Result } from "effect"
import type { Schedule } from "../events/schedule.ts"
import type { DurationMs, EpochMs } from "../events/time.ts"
import { atForm, readAt } from "./at-text.ts"
import type { ScheduleRequest } from "./command.ts"
import { readCron } from "./cron-text.ts"
import { durationForm, durationWords, parseDuration } from "./duration.ts"
import { localTime, nextDue } from "./next-due.ts"
import { Refusal } from "./refusal.ts"
import { readZone } from "./zone.ts"

/** A schedule as it will be recorded, its first occurrence, and where its zone comes from. */
export interface ResolvedSchedule {
  readonly schedule: Schedule
  readonly zoneFrom: "job" | "configuration" | "host"
  /** For an `at` that was accepted it may lie up to a minute back: such a job runs at once. */
  readonly firstDueAt: EpochMs
}

/** What a request is read against: the time of the command, and the zone for what names none. */
export interface ScheduleContext {
  readonly now: EpochMs
  readonly zone: string
  readonly zoneFrom: "configuration" | "host"
}

/** Resolves a request: nothing in the result depends on the clock, the host or the defaults any more. */
export const resolveSchedule = (
  request: ScheduleRequest,
  context: ScheduleContext,
): Result.Result<ResolvedSchedule, Refusal> => {
  const severalForms = againstForms(request)
  if (severalForms !== undefined) return Result.fail(severalForms)
  const zone = readZone(request.tz ?? context.zone)
  if (Result.isFailure(zone)) return Result.fail(withSource(zone.failure, request, context))
  const schedule = read(request, zone.success, context.now)
  return Result.flatMap(schedule, (schedule) =>
    Result.map(firstDue(request, schedule, context.now), (firstDueAt) => ({
      schedule,
      firstDueAt,
      zoneFrom: request.tz === undefined ? context.zoneFrom : "job",
    })),
  )
}

const forms = ["in", "at", "every", "cron"] as const

/** The types allow one form; what came from outside may hold several, or none. */
const againstForms = (request: ScheduleRequest): Refusal | undefined => {
  const given = forms.filter((form) => form in request)
  if (given.length === 1) return undefined
  const message =
    given.length === 0 ? "The schedule says no time" : `The schedule says ${given.join(" and ")}`
  return new Refusal({
    code: "invalid-schedule",
    message,
    received: request,
    expected: `exactly one of ${forms.join(", ")}`,
    hint: 'Keep one, such as every: "1h" or cron: "0 9 * * 1-5".',
  })
}

/** A zone that the job did not name is not the job's to mend: say whose it is. */
const withSource = (
  refusal: Refusal,
  { tz }: ScheduleRequest,
  { zoneFrom }: ScheduleContext,
): Refusal => {
  if (tz !== undefined) return refusal
  const { code, received, expected, hint } = refusal
  return new Refusal({
    code,
    message: `${refusal.message} (the job names no zone; this one is the ${zoneFrom}'s)`,
    received,
    expected: expected ?? "a zone",
    hint: `${hint} Or give the job a tz.`,
  })
}

const read = (
  request: ScheduleRequest,
  tz: string,
  now: EpochMs,
): Result.Result<Schedule, Refusal> => {
  if ("cron" in request) {
    return Result.map(readCron(request.cron, tz), (expr) => ({ type: "cron", expr, tz }))
  }
  if ("every" in request) return readEvery(request, tz, now)
  const at = "in" in request ? readIn(request.in, now) : readAt(request.at, tz)
  return Result.map(at, (at) => ({ type: "at", at, tz }))
}

/** How far ahead a first occurrence may lie: a century. What lies farther is a slip of units. */
const horizonMs = 36_525 * 86_400_000
const everyMin = 1_000
/** An `at` may be this late when its command is decided; it then runs at once. */
const atLateMax = 60_000

const readIn = (text: string, now: EpochMs): Result.Result<EpochMs, Refusal> =>
  Result.mapError(
    Result.map(parseDuration(text), (lengthMs) => now + lengthMs),
    (problem) => refuseLength("in", text, problem),
  )

type EveryRequest = Extract<ScheduleRequest, { readonly every: string | number }>

const readEvery = (
  { every, anchorAt }: EveryRequest,
  tz: string,
  now: EpochMs,
): Result.Result<Schedule, Refusal> => {
  const length = readLength(every)
  if (Result.isFailure(length)) {
    return Result.fail(refuseLength("every", every, length.failure))
  }
  if (anchorAt !== undefined && !Number.isSafeInteger(anchorAt)) {
    return Result.fail(refuseAnchor(anchorAt))
  }
  return Result.succeed({ type: "every", everyMs: length.success, anchorAt: anchorAt ?? now, tz })
}

const readLength = (every: string | number): Result.Result<DurationMs, string> => {
  const length = typeof every === "number" ? wholeMs(every) : parseDuration(every)
  return Result.flatMap(length, (lengthMs) => {
    if (lengthMs < everyMin) return Result.fail(`${JSON.stringify(every)} is under a second`)
    if (lengthMs > horizonMs) return Result.fail(`${JSON.stringify(every)} is over a century`)
    return Result.succeed(lengthMs)
  })
}

const wholeMs = (every: number): Result.Result<DurationMs, string> =>
  Number.isSafeInteger(every)
    ? Result.succeed(every)
    : Result.fail(`${every} is no whole number of milliseconds`)

const refuseLength = (form: "in" | "every", received: string | number, problem: string): Refusal =>
  new Refusal({
    code: "invalid-schedule",
    message: `${form}: ${problem}`,
    received,
    expected:
      form === "in"
        ? durationForm
        : `${durationForm}, or whole milliseconds, and at least a second (1s or 1000)`,
    hint: `Write ${form}: "20m", for example.`,
  })

const refuseAnchor = (anchorAt: number): Refusal =>
  new Refusal({
    code: "invalid-schedule",
    message: `anchorAt is ${anchorAt}, which is no whole number of milliseconds since 1970`,
    received: anchorAt,
    expected: "epoch milliseconds",
    hint: "Leave it out to count from now.",
  })

/** The first occurrence, computed now, because only computing it shows whether there is one. */
const firstDue = (
  request: ScheduleRequest,
  schedule: Schedule,
  now: EpochMs,
): Result.Result<EpochMs, Refusal> => {
  if (schedule.type === "at" && schedule.at < now - atLateMax) {
    return Result.fail(inPast(request, schedule, now))
  }
  const dueAt = schedule.type === "at" ? schedule.at : nextDue(schedule, now)
  if (dueAt === undefined) return Result.fail(neverFires(request, schedule))
  return dueAt > now + horizonMs ? Result.fail(tooFar(request)) : Result.succeed(dueAt)
}

const inPast = (
  request: ScheduleRequest,
  { at, tz }: Extract<Schedule, { readonly type: "at" }>,
  now: EpochMs,
): Refusal => {
  const agoMs = Math.floor((now - at) / 1_000) * 1_000
  return new Refusal({
    code: "in-past",
    message:
      `${JSON.stringify(receivedOf(request))} is ${localTime(at, tz)}, ` +
      `${durationWords(agoMs)} ago; it is now ${localTime(now, tz)}`,
    received: receivedOf(request),
    expected: "a time that is still to come (a minute late is accepted, and runs at once)",
    hint: 'Pick a later time, or say how long from now: in: "20m".',
  })
}

const neverFires = (request: ScheduleRequest, schedule: Schedule): Refusal => {
  const hasYear = schedule.type === "cron" && schedule.expr.split(" ").length === 7
  return new Refusal({
    code: "never-fires",
    message: `${JSON.stringify(receivedOf(request))} would never fire`,
    received: receivedOf(request),
    expected: "a schedule with an occurrence that is still to come",
    hint: hasYear
      ? "The last field is the year: its years are over, or the date is in none of them."
      : "No such date exists: check the day of the month against the month.",
  })
}

const tooFar = (request: ScheduleRequest): Refusal =>
  new Refusal({
    code: "invalid-schedule",
    message: `${JSON.stringify(receivedOf(request))} is first due in more than a century`,
    received: receivedOf(request),
    expected: "a first occurrence within a hundred years",
    hint: `Check the year and the unit: ${atForm}.`,
  })

const receivedOf = (request: ScheduleRequest): string | number => {
  if ("cron" in request) return request.cron
  if ("every" in request) return request.every
  return "in" in request ? request.in : request.at
}
