import type { PolicyPatch } from "./policy-patch.ts"
import { Refusal } from "./refusal.ts"

/**
 * The first thing asked for that this release does not carry out, or undefined. It is refused by name:
 * a policy that is taken and then ignored would be a promise broken in silence.
 */
export const unavailable = (patch: PolicyPatch): Refusal | undefined => {
  for (const { name, value, instead } of requests(patch)) {
    if (value === undefined || value === null || value === instead) continue
    return notYet(name, value, instead)
  }
  return undefined
}

interface Request {
  readonly name: string
  readonly value: unknown
  /** The one value that is carried out, if there is one. */
  readonly instead?: string | number
}

const requests = (patch: PolicyPatch): ReadonlyArray<Request> => [
  { name: "session", value: patch.session, instead: "chat" },
  { name: "toolsAllowed", value: patch.toolsAllowed },
  { name: "budget", value: patch.budget },
  { name: "gate", value: patch.gate },
]

const notYet = (name: string, value: unknown, instead: string | number | undefined): Refusal => {
  const expected = instead === undefined ? `no ${name}` : `${name} ${JSON.stringify(instead)}`
  return new Refusal({
    code: "invalid-input",
    message: `policy.${name} ${JSON.stringify(value)} is not available in this release.`,
    received: value,
    expected,
    hint: `Leave policy.${name} out${instead === undefined ? "" : `, or set it to ${JSON.stringify(instead)}`}.`,
  })
}
