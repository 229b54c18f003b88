import type { Policy } from "../events/policy.ts"

/** How a job behaves when nobody says otherwise. */
export const defaultPolicy: Policy = {
  catchUp: { mode: "latest" },
  overlap: "skip",
  timeoutMs: 600_000,
  retry: { attemptsMax: 4, delaysMs: [30_000, 60_000, 300_000, 900_000, 3_600_000] },
  onInterrupt: "retry",
  disableAfterFailures: 10,
  alert: { after: 2, cooldownMs: 3_600_000 },
  jitterMs: 0,
  session: "chat",
  mayWriteSchedule: false,
}
