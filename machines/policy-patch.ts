import { Schema } from "effect"
import { DurationMs, EpochMs } from "../events/time.ts"

const asked = <S extends Schema.Top>(schema: S) => Schema.optionalKey(Schema.NullOr(schema))

/** A part of a policy, as asked for: absent stays or takes the default, null goes back to it. */
export const PolicyPatch = Schema.Struct({
  catchUp: asked(
    Schema.Struct({
      mode: Schema.optionalKey(Schema.Literals(["none", "latest", "all"])),
      windowMs: Schema.optionalKey(DurationMs),
      countMax: Schema.optionalKey(Schema.Natural),
    }),
  ),
  overlap: asked(Schema.Literals(["skip", "queue-one", "cancel-previous"])),
  timeoutMs: asked(DurationMs),
  retry: asked(
    Schema.Struct({
      attemptsMax: Schema.optionalKey(Schema.Natural),
      delaysMs: Schema.optionalKey(Schema.Array(DurationMs)),
    }),
  ),
  onInterrupt: asked(Schema.Literals(["retry", "skip"])),
  disableAfterFailures: asked(Schema.Natural),
  alert: asked(
    Schema.Struct({
      after: Schema.optionalKey(Schema.Natural),
      cooldownMs: Schema.optionalKey(DurationMs),
      channel: Schema.optionalKey(Schema.NonEmptyString),
      chatId: Schema.optionalKey(Schema.NonEmptyString),
    }),
  ),
  jitterMs: asked(DurationMs),
  startAt: asked(EpochMs),
  endAt: asked(EpochMs),
  runsMax: asked(Schema.Natural),
  session: asked(Schema.Literals(["chat", "isolated"])),
  agent: asked(Schema.NonEmptyString),
  toolsAllowed: asked(Schema.Array(Schema.NonEmptyString)),
  mayWriteSchedule: asked(Schema.Boolean),
  budget: asked(
    Schema.Struct({
      turnsMax: Schema.optionalKey(Schema.Natural),
      tokensMax: Schema.optionalKey(Schema.Natural),
      wallMs: Schema.optionalKey(DurationMs),
    }),
  ),
  gate: asked(Schema.NonEmptyString),
})
export type PolicyPatch = typeof PolicyPatch.Type
