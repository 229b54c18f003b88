import { Schema } from "effect"
import { DurationMs, EpochMs } from "../../events/time.ts"
import type { PolicyPatch } from "../../machines/policy.ts"
import { camelKeys } from "./json-keys.ts"

const count = Schema.Natural
const word = Schema.NonEmptyString

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
    }),
  ),
  jitter_ms: maybe(DurationMs),
  start_at: maybe(EpochMs),
  end_at: maybe(EpochMs),
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

export const toPolicyPatch = (input: PolicyInput): PolicyPatch => camelKeys(input) as PolicyPatch
