import { Option, Result } from "effect"
import * as Flag from "effect/cli/Flag"
import { parseDuration } from "../../../machines/duration.ts"
import { Misused } from "../terminal.ts"

/** A flag that may be absent, with what it is for. */
export const text = (name: string, metavar: string, says: string) =>
  Flag.String(name).pipe(Flag.withMetavar(metavar), Flag.withDescription(says), Flag.optional)

export const whole = (name: string, says: string) =>
  Flag.Int(name).pipe(Flag.withMetavar("N"), Flag.withDescription(says), Flag.optional)

export const onOff = (name: string, says: string) =>
  Flag.Boolean(name).pipe(Flag.withDescription(says), Flag.withDefault(false))

/** The ways to say when. */
export const scheduleFlags = {
  in: text("in", "DURATION", "Once, this long from now: 20m, 1h30m, 2d"),
  at: text("at", "TIME", "Once, at this time: 2026-12-01T09:00, with or without an offset"),
  every: text("every", "DURATION", "Again and again, this far apart: 1h, 1d"),
  cron: text("cron", "EXPR", "By the calendar: '0 9 * * MON-FRI', @daily"),
  tz: text("tz", "ZONE", "The zone times are read in: Europe/Vienna"),
} as const

/** What a job is and how it behaves, beside its prompt and schedule. */
export const jobFlags = {
  name: text("name", "TEXT", "A short label; else the beginning of the prompt"),
  channel: text("channel", "KIND", "Where the answer goes: cli_chat, file"),
  chat: text("chat", "ID", "The chat in that channel"),
  model: text("model", "NAME", "The model to ask; else the agent's default"),
  timeout: text("timeout", "DURATION", "How long a run may take: 10m"),
  policy: text("policy", "JSON", "Anything else about how it behaves, as one object"),
} as const

type Given<Flags> = { readonly [Name in keyof Flags]: Option.Option<string> }

/** The flags that were given, under the names of the operation's fields. */
export const scheduleInput = (
  given: Given<typeof scheduleFlags>,
): Readonly<Record<string, string>> =>
  present({ in: given.in, at: given.at, every: given.every, cron: given.cron, tz: given.tz })

export const jobInput = (
  given: Given<typeof jobFlags>,
): Result.Result<Readonly<Record<string, unknown>>, Misused> =>
  Result.map(policyInput(given), (policy) => ({
    ...present({
      name: given.name,
      channel: given.channel,
      chat_id: given.chat,
      model: given.model,
    }),
    ...policy,
  }))

/** Only what is there. */
export const present = <A>(
  options: Readonly<Record<string, Option.Option<A>>>,
): Readonly<Record<string, A>> =>
  Object.fromEntries(
    Object.entries(options).flatMap(([name, option]) =>
      Option.isSome(option) ? [[name, option.value]] : [],
    ),
  )

const policyInput = ({
  timeout,
  policy,
}: Pick<Given<typeof jobFlags>, "timeout" | "policy">): Result.Result<
  { readonly policy?: unknown },
  Misused
> =>
  Result.gen(function* () {
    if (Option.isNone(timeout) && Option.isNone(policy)) return {}
    const given = Option.isNone(policy) ? {} : yield* objectOf(policy.value)
    if (Option.isNone(timeout)) return { policy: given }
    const timeoutMs = yield* Result.mapError(parseDuration(timeout.value), (problem) =>
      notADuration(timeout.value, problem),
    )
    return { policy: { ...given, timeout_ms: timeoutMs } }
  })

const objectOf = (json: string): Result.Result<object, Misused> => {
  try {
    const value: unknown = JSON.parse(json)
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return Result.succeed(value)
    }
  } catch {
    return Result.fail(noPolicy(json))
  }
  return Result.fail(noPolicy(json))
}

const noPolicy = (received: string): Misused =>
  new Misused({
    message: "--policy is no JSON object.",
    received,
    expected: `an object such as '{"overlap":"skip"}'`,
  })

const notADuration = (received: string, problem: string): Misused =>
  new Misused({
    message: `--timeout: ${problem}.`,
    received,
    expected: "a duration such as 90s, 20m, 1h30m or 2d",
  })
