import type { Policy } from "../events/policy.ts"
import { Refusal } from "./refusal.ts"

/** The first number of a policy that makes no sense, or undefined when all do. */
export const outOfRange = ({
  timeoutMs,
  retry,
  disableAfterFailures,
}: Policy): Refusal | undefined =>
  outside({ name: "timeoutMs", value: timeoutMs, min: 1, max: timeoutMsMax }) ??
  outside({ name: "retry.attemptsMax", value: retry.attemptsMax, min: 1, max: attemptsMaxMax }) ??
  delaysProblem(retry.delaysMs) ??
  outside({
    name: "disableAfterFailures",
    value: disableAfterFailures,
    min: 0,
    max: failuresMax,
  })

const dayMs = 86_400_000
const timeoutMsMax = 7 * dayMs
const attemptsMaxMax = 100
const delaysCountMax = 20
const delayMsMax = 7 * dayMs
const failuresMax = 1_000

interface Bounded {
  readonly name: string
  readonly value: number
  readonly min: number
  readonly max: number
}

const outside = ({ name, value, min, max }: Bounded): Refusal | undefined =>
  value >= min && value <= max
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
