import { Result, Schema } from "effect"
import { DurationMs, EpochMs } from "../../events/time.ts"
import { readAt } from "../../machines/at-text.ts"
import type { PolicyPatch } from "../../machines/policy.ts"
import { Refusal } from "../../machines/refusal.ts"
import { camel, camelKeys } from "./json-keys.ts"

const count = Schema.Natural
const word = Schema.NonEmptyString
/** Epoch milliseconds, or ISO 8601, local to the zone of the job when it has no offset. */
const time = Schema.Union([EpochMs, word])

/** Absent stays as it is; null goes back to the default. */
const maybe = <S extends Schema.Top>(schema: S) => Schema.optionalKey(Schema.NullOr(schema))

/** How a job behaves, as it is asked for: any part of it, with keys in snake_case. */
export const PolicyInput = Schema.Struct({
  catch_up: maybe(
    Schema.Struct({
      mode: Schema.optionalKey(Schema.Literals(["none", "latest", "all"])),
      window_ms: Schema.optionalKey(DurationMs),
      count_max: Schema.optionalKey(count),
    }),
  ),
  overlap: maybe(Schema.Literals(["skip", "queue-one", "cancel-previous"])),
  timeout_ms: maybe(DurationMs),
  retry: maybe(
    Schema.Struct({
      attempts_max: Schema.optionalKey(count),
      delays_ms: Schema.optionalKey(Schema.Array(DurationMs)),
    }),
  ),
  on_interrupt: maybe(Schema.Literals(["retry", "skip"])),
  disable_after_failures: maybe(count),
  alert: maybe(
    Schema.Struct({
      after: Schema.optionalKey(count),
      cooldown_ms: Schema.optionalKey(DurationMs),
      channel: Schema.optionalKey(word),
      chat_id: Schema.optionalKey(word),
    }),
  ),
  jitter_ms: maybe(DurationMs),
  start_at: maybe(time),
  end_at: maybe(time),
  runs_max: maybe(count),
  session: maybe(Schema.Literals(["chat", "isolated"])),
  agent: maybe(word),
  tools_allowed: maybe(Schema.Array(word)),
  may_write_schedule: maybe(Schema.Boolean),
  budget: maybe(
    Schema.Struct({
      turns_max: Schema.optionalKey(count),
      tokens_max: Schema.optionalKey(count),
      wall_ms: Schema.optionalKey(DurationMs),
    }),
  ),
  gate: maybe(word),
}).annotate({ description: "How the job behaves; keys left out keep their value." })
export type PolicyInput = typeof PolicyInput.Type

/** What is asked for, with its times read in `zone`. */
export const toPolicyPatch = (
  { start_at, end_at, ...input }: PolicyInput,
  zone: string,
): Result.Result<PolicyPatch, Refusal> =>
  Result.gen(function* () {
    const startAt = yield* readBound("start_at", start_at, zone)
    const endAt = yield* readBound("end_at", end_at, zone)
    return { ...(camelKeys(input) as PolicyPatch), ...startAt, ...endAt }
  })

const readBound = (
  key: "start_at" | "end_at",
  time: string | number | null | undefined,
  zone: string,
): Result.Result<Pick<PolicyPatch, "startAt" | "endAt">, Refusal> => {
  if (time === undefined) return Result.succeed({})
  const at = time === null || typeof time === "number" ? time : readAt(time, zone)
  if (at === null || typeof at === "number") return Result.succeed({ [camel(key)]: at })
  return Result.mapError(
    Result.map(at, (read) => ({ [camel(key)]: read })),
    ({ message, received, expected, hint }) =>
      new Refusal({
        code: "invalid-input",
        message: `policy.${key}: ${message}`,
        ...(received !== undefined && { received }),
        ...(expected !== undefined && { expected }),
        ...(hint !== undefined && { hint: hint.replace(/; for a time from now.*$/, ".") }),
      }),
  )
}
