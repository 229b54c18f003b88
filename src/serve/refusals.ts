import { Refusal, type RefusalCode } from "../../machines/refusal.ts"
import type { LogFailed } from "../log/event-log.ts"

/** The status that fits a refusal. */
export const statusOf = (code: RefusalCode): number => statuses[code]

const statuses: { readonly [Code in RefusalCode]: number } = {
  "invalid-input": 400,
  "invalid-schedule": 422,
  "never-fires": 422,
  "unknown-zone": 422,
  "in-past": 422,
  "not-found": 404,
  ambiguous: 409,
  exists: 409,
  "already-running": 409,
  "not-running": 409,
  "not-due": 409,
  removed: 410,
  "unknown-channel": 422,
  "self-scheduling": 403,
  forbidden: 403,
  capacity: 429,
  stale: 409,
  held: 423,
  damaged: 503,
  "store-failed": 503,
}

/** A refusal as every face writes it: plain JSON, absent parts left out. */
export const refusalJson = (refusal: Refusal): Readonly<Record<string, unknown>> => {
  const { code, message, received, expected, hint, allowed, matches } = refusal
  const parts = { code, message, received, expected, hint, allowed, matches }
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined))
}

/** A failed log, said as a refusal: whoever asked learns what to do about it. */
export const refusalOfLog = (failed: LogFailed): Refusal =>
  new Refusal({
    code: codes[failed.reason],
    message: failed.message,
    ...(failed.hint !== undefined && { hint: failed.hint }),
  })

const codes: { readonly [Reason in LogFailed["reason"]]: RefusalCode } = {
  held: "held",
  damaged: "damaged",
  "write-failed": "store-failed",
  closed: "store-failed",
  unreadable: "store-failed",
}
