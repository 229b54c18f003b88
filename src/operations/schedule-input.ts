import { Result, Schema } from "effect"
import { DurationMs, EpochMs } from "../../events/time.ts"
import type { ScheduleRequest } from "../../machines/command.ts"
import { Refusal } from "../../machines/refusal.ts"

/** A schedule as one object; which keys belong to it depends on `type`. */
export const ScheduleObject = Schema.Struct({
  type: Schema.Literals(["at", "every", "cron"]),
  at: Schema.optionalKey(Schema.Union([Schema.String, EpochMs])),
  every_ms: Schema.optionalKey(DurationMs),
  anchor_at: Schema.optionalKey(EpochMs),
  expr: Schema.optionalKey(Schema.String),
  tz: Schema.optionalKey(Schema.String),
})
export type ScheduleObject = typeof ScheduleObject.Type

const text = (description: string) => Schema.optionalKey(Schema.String.annotate({ description }))
const textOrNumber = (description: string) =>
  Schema.optionalKey(Schema.Union([Schema.String, Schema.Finite]).annotate({ description }))

/** The ways to say when; exactly one of all but `tz`. */
export const scheduleFields = {
  in: textOrNumber("Once, this long from now: 20m, 1h30m, 2d."),
  at: textOrNumber("Once, at this time: ISO 8601, or epoch milliseconds."),
  every: textOrNumber("Again and again, this far apart: 30m, 1d."),
  cron: text("Cron expression of 5 to 7 fields, or a nickname such as @daily."),
  tz: text("IANA zone, such as Europe/Vienna; for cron, and for at without an offset."),
  schedule: Schema.optionalKey(
    ScheduleObject.annotate({
      description:
        "The same as one object: {type: every, every_ms}, {type: at, at}, {type: cron, expr, tz}.",
    }),
  ),
} as const

/** What the schedule fields of an input hold. */
export interface ScheduleInput {
  readonly in?: string | number
  readonly at?: string | number
  readonly every?: string | number
  readonly cron?: string
  readonly tz?: string | null
  readonly schedule?: ScheduleObject
}

const forms = ["in", "at", "every", "cron", "schedule"] as const
const expected = "exactly one of in, at, every, cron, schedule"

/** The one schedule that an input asks for; undefined when it asks for none. */
export const toScheduleRequest = (
  input: ScheduleInput,
): Result.Result<ScheduleRequest | undefined, Refusal> => {
  const given = forms.filter((form) => input[form] !== undefined)
  const [form] = given
  if (form === undefined) return Result.succeed(undefined)
  if (given.length > 1) return Result.fail(severalSchedules(given.map((it) => [it, input[it]])))
  return form === "schedule" ? fromObject(input) : fromField(form, input)
}

/** No schedule where there must be one. */
export const noSchedule = (received: unknown): Refusal =>
  new Refusal({
    code: "invalid-schedule",
    message: "No schedule was given: when should it run?",
    received,
    expected,
    hint: 'in: "20m" runs once, every: "1h" runs again and again, cron: "0 9 * * 1-5" by the calendar.',
  })

const fromField = (
  form: "in" | "at" | "every" | "cron",
  input: ScheduleInput,
): Result.Result<ScheduleRequest, Refusal> => {
  const value = input[form]
  if (typeof value === "number" && form !== "at") return Result.fail(withoutUnit(form, value))
  const zone = zoneOf(input)
  return Result.succeed({ [form]: value, ...zone } as unknown as ScheduleRequest)
}

const fromObject = (input: ScheduleInput): Result.Result<ScheduleRequest, Refusal> =>
  Result.gen(function* () {
    const schedule = input.schedule as ScheduleObject
    const foreign = foreignKeys(schedule)
    if (foreign !== undefined) return yield* Result.fail(foreign)
    const { tz = schedule.tz } = zoneOf(input)
    const differs = schedule.tz !== undefined && tz !== schedule.tz
    if (differs) return yield* Result.fail(twoZones(tz, schedule.tz))
    const time = timeOf(schedule)
    if (time === undefined) return yield* Result.fail(incomplete(schedule))
    return { ...time, ...(tz !== undefined && { tz }) }
  })

/** The time a schedule of that type says; undefined when it says none. */
const timeOf = (schedule: ScheduleObject): ScheduleRequest | undefined => {
  const { type, at, every_ms: every, anchor_at: anchorAt, expr: cron } = schedule
  switch (type) {
    case "at":
      return at === undefined ? undefined : { at }
    case "cron":
      return cron === undefined ? undefined : { cron }
    case "every":
      if (every === undefined) return undefined
      return { every, ...(anchorAt !== undefined && { anchorAt }) }
  }
}

const zoneOf = ({ tz }: ScheduleInput): { readonly tz?: string } =>
  tz === undefined || tz === null ? {} : { tz }

const keysOf = {
  at: ["at"],
  every: ["every_ms", "anchor_at"],
  cron: ["expr"],
} as const

const foreignKeys = (schedule: ScheduleObject): Refusal | undefined => {
  const own: ReadonlyArray<string> = ["type", "tz", ...keysOf[schedule.type]]
  const foreign = Object.keys(schedule).filter((key) => !own.includes(key))
  if (foreign.length === 0) return undefined
  return new Refusal({
    code: "invalid-schedule",
    message: `Two schedules at once: type ${schedule.type} has no ${foreign.join(", ")}.`,
    received: schedule,
    expected: `only ${own.join(", ")} with type ${schedule.type}`,
  })
}

/** More than one time was given: names them all. */
export const severalSchedules = (
  given: ReadonlyArray<readonly [form: string, value: unknown]>,
): Refusal =>
  new Refusal({
    code: "invalid-schedule",
    message: `${given.length === 2 ? "Two" : given.length} schedules at once: ${given
      .map(([form, value]) => `${form} ${JSON.stringify(value)}`)
      .join(" and ")}.`,
    received: given.map(([form, value]) => ({ [form]: value })),
    expected,
    hint: "Keep the one that is meant; add another job for the other.",
  })

const withoutUnit = (form: string, value: number): Refusal =>
  new Refusal({
    code: "invalid-schedule",
    message: `${form} ${value} has no unit.`,
    received: value,
    expected: "a duration such as 90s, 20m, 1h30m or 2d",
    hint: `Write ${form}: "${value}s", "${value}m" or "${value}h"; milliseconds go into schedule: {"type":"every","every_ms":...}.`,
  })

const twoZones = (tz: string | undefined, other: string): Refusal =>
  new Refusal({
    code: "invalid-input",
    message: `Two zones at once: ${tz} and ${other}.`,
    received: [tz, other],
    expected: "one tz",
  })

const incomplete = (schedule: ScheduleObject): Refusal =>
  new Refusal({
    code: "invalid-schedule",
    message: `The schedule of type ${schedule.type} has no ${keysOf[schedule.type][0]}.`,
    received: schedule,
    expected: `{"type":"every","every_ms":3600000}, {"type":"at","at":1764000000000} or {"type":"cron","expr":"0 9 * * *","tz":"Europe/Vienna"}`,
  })
