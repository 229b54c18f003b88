import type { Policy } from "../events/policy.ts"

/** A part of a policy, as asked for: absent stays or takes the default, null goes back to it. */
export type PolicyPatch = {
  readonly [Key in keyof Policy]?: Policy[Key] | Partial<Policy[Key]> | null
}
