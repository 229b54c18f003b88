import type { Policy } from "../events/policy.ts"
import { Refusal } from "./refusal.ts"

/** The first number of a policy that makes no sense, or undefined when all do. */
export const outOfRange = (policy: Policy): Refusal | undefined =>
  runsOutOfRange(policy) ?? occurrencesOutOfRange(policy) ?? boundsProblem(policy)

const runsOutOfRange = ({ timeoutMs, retry, disableAfterFailures, alert }: Policy) =>
  outside({ name: "timeoutMs", value: timeoutMs, min: 1, max: timeoutMsMax }) ??
  outside({ name: "retry.attemptsMax", value: retry.attemptsMax, min: 1, max: attemptsMaxMax }) ??
  delaysProblem(retry.delaysMs) ??
  outside({
    name: "disableAfterFailures",
    value: disableAfterFailures,
    min: 0,
    max: failuresMax,
  }) ??
  outside({ name: "alert.after", value: alert?.after, min: 0, max: failuresMax }) ??
  outside({ name: "alert.cooldownMs", value: alert?.cooldownMs, min: 0, max: cooldownMsMax })

const occurrencesOutOfRange = ({ catchUp, jitterMs, runsMax }: Policy) =>
  outside({ name: "catchUp.windowMs", value: catchUp.windowMs, min: 1, max: windowMsMax }) ??
  outside({ name: "catchUp.countMax", value: catchUp.countMax, min: 1, max: countMaxMax }) ??
  outside({ name: "jitterMs", value: jitterMs, min: 0, max: jitterMsMax }) ??
  outside({ name: "runsMax", value: runsMax, min: 1, max: runsMaxMax })

/** A job whose end lies before its beginning would never run. */
const boundsProblem = ({ startAt, endAt }: Policy): Refusal | undefined =>
  startAt === undefined || endAt === undefined || startAt <= endAt
    ? undefined
    : refused(`policy.endAt ${endAt} lies before startAt ${startAt}`, endAt, "a time after startAt")

const dayMs = 86_400_000
const timeoutMsMax = 7 * dayMs
const attemptsMaxMax = 100
const delaysCountMax = 20
const delayMsMax = 7 * dayMs
const failuresMax = 1_000
const cooldownMsMax = 366 * dayMs
const windowMsMax = 366 * dayMs
const countMaxMax = 1_000
const jitterMsMax = dayMs
const runsMaxMax = 1_000_000_000

interface Bounded {
  readonly name: string
  readonly value: number | undefined
  readonly min: number
  readonly max: number
}

const outside = ({ name, value, min, max }: Bounded): Refusal | undefined =>
  value === undefined || (value >= min && value <= max)
    ? undefined
    : refused(`policy.${name} is ${value}`, value, `a whole number from ${min} to ${max}`)

const delaysProblem = (delaysMs: ReadonlyArray<number>): Refusal | undefined => {
  if (delaysMs.length === 0 || delaysMs.length > delaysCountMax) {
    const message = `policy.retry.delaysMs has ${delaysMs.length} steps`
    return refused(message, delaysMs, `1 to ${delaysCountMax} steps, the last one repeats`)
  }
  const index = delaysMs.findIndex((delayMs) => delayMs < 1 || delayMs > delayMsMax)
  const value = delaysMs[index]
  if (value === undefined) return undefined
  return outside({ name: `retry.delaysMs[${index}]`, value, min: 1, max: delayMsMax })
}

const refused = (message: string, received: unknown, expected: string): Refusal =>
  new Refusal({
    code: "invalid-input",
    message: `${message}; expected ${expected}.`,
    received,
    expected,
    hint: "Leave the key out for its default.",
  })
