import { Result, Schema } from "effect"
import type { Policy } from "../events/policy.ts"
import { defaultPolicy } from "./default-policy.ts"
import { PolicyPatch } from "./policy-patch.ts"
import { outOfRange } from "./policy-ranges.ts"
import { unavailable } from "./policy-release.ts"
import { Refusal } from "./refusal.ts"

export { defaultPolicy } from "./default-policy.ts"
export { PolicyPatch } from "./policy-patch.ts"

/**
 * The whole policy: `base` with what `patch` changes. What it asks for is checked field by field; what
 * this release does not carry out is refused by name, never ignored.
 */
export const resolvePolicy = (
  patch: PolicyPatch,
  base: Policy = defaultPolicy,
): Result.Result<Policy, Refusal> => {
  const unknown = unknownKey(patch)
  if (unknown !== undefined) return Result.fail(unknown)
  const decoded = decode(patch, { errors: "all", onExcessProperty: "error" })
  if (Result.isFailure(decoded)) return Result.fail(malformed(patch, decoded.failure.message))
  const merged = withCountMax(mergePolicy(decoded.success, base))
  const refusal = unavailable(decoded.success) ?? outOfRange(merged)
  return refusal === undefined ? Result.succeed(merged) : Result.fail(refusal)
}

/** A backlog without an end would ask a model for days: where nobody says how much, so many it is. */
const catchUpCountMax = 100

const withCountMax = (policy: Policy): Policy => {
  const { catchUp } = policy
  return catchUp.mode === "all" && catchUp.countMax === undefined
    ? { ...policy, catchUp: { ...catchUp, countMax: catchUpCountMax } }
    : policy
}

const keys: ReadonlyArray<string> = Object.keys(PolicyPatch.fields)

const unknownKey = (patch: PolicyPatch): Refusal | undefined => {
  const key = isFields(patch) ? Object.keys(patch).find((name) => !keys.includes(name)) : undefined
  return key === undefined ? undefined : noSuchPolicy(key, patch)
}

const noSuchPolicy = (key: string, received: unknown): Refusal =>
  new Refusal({
    code: "invalid-input",
    message:
      key === "pause"
        ? "Pausing is no policy: it is asked for by itself."
        : `There is no policy ${JSON.stringify(key)}.`,
    received,
    expected: `any of ${keys.join(", ")}`,
    hint: `Leave policy.${key} out.`,
  })

const decode = Schema.decodeUnknownResult(PolicyPatch)

const malformed = (received: unknown, detail: string): Refusal =>
  new Refusal({
    code: "invalid-input",
    message: `The policy is not understood: ${detail}`,
    received,
    expected: `an object with any of ${keys.join(", ")}`,
    hint: "Send only the keys to change; null sets a key back to its default.",
  })

const mergePolicy = (patch: PolicyPatch, base: Policy): Policy => {
  const defaults: Fields = { ...defaultPolicy }
  const merged: Record<string, unknown> = { ...base }
  for (const [key, value] of Object.entries(patch)) {
    if (value !== null) merged[key] = mergeField(merged[key], value)
    else if (key in defaults) merged[key] = defaults[key]
    else delete merged[key]
  }
  return merged as unknown as Policy
}

type Fields = Readonly<Record<string, unknown>>

const mergeField = (present: unknown, value: unknown): unknown =>
  isFields(present) && isFields(value) ? { ...present, ...value } : value

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value)
