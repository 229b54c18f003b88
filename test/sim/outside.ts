import type { Watch } from "./watch.ts"
import { mustHold } from "./violation.ts"

/** What somebody was answered. */
export interface Told {
  readonly commandId: string
  /** As it would be kept: `{"answer":...}` or `{"refused":...}`. */
  readonly result: string
  readonly factsCount: number
}

/** A message as a chat received it. */
interface Received {
  readonly deliveryId: string
  readonly idempotent: boolean
}

/**
 * What the world outside knows: what it was answered, which agents were called, what chats received
 * and what was read. No crash takes it away, and the log must agree with it.
 */
export interface Outside {
  readonly tell: (told: Told) => void
  readonly told: () => ReadonlyMap<string, Told>
  readonly called: (runId: string) => void
  readonly wasCalled: (runId: string) => boolean
  readonly sent: (message: Received) => void
  readonly received: (message: Received) => void
  /** A job was read, at this version of its stream. */
  readonly read: (jobId: string, version: number) => void
  /** Somebody was told that a run is over. */
  readonly ended: (runId: string) => void
  /** Whatever else must hold from the next check on. */
  readonly expect: (rule: string, what: string, holds: (watch: Watch) => boolean) => void
  /** Everything that came to be known since the last check has its fact in the log. */
  readonly check: (watch: Watch) => void
  readonly counts: { calls: number; sends: number; answers: number; reads: number }
}

type Claim = (watch: Watch) => void

export const makeOutside = (): Outside => {
  const told = new Map<string, Told>()
  const calls = new Set<string>()
  const sends = new Map<string, number>()
  const receipts = new Set<string>()
  const counts = { calls: 0, sends: 0, answers: 0, reads: 0 }
  let claims: Array<Claim> = []
  const claim = (rule: string, what: string, holds: (watch: Watch) => boolean): void =>
    void claims.push((watch) => mustHold(holds(watch), rule, () => what))

  const tell = (answer: Told): void => {
    const { commandId, result, factsCount } = answer
    const before = told.get(commandId)
    counts.answers += 1
    told.set(commandId, answer)
    mustHold(before === undefined || before.result === result, "same answer", () => {
      return `${commandId}: first ${before?.result}, then ${result}`
    })
    if (factsCount === 0) return
    const last = `${commandId}/${factsCount - 1}`
    claim("nothing acknowledged is lost", last, (watch) => watch.has(last))
  }

  const sent = ({ deliveryId }: Received): void => {
    counts.sends += 1
    const count = (sends.get(deliveryId) ?? 0) + 1
    sends.set(deliveryId, count)
    const what = `${deliveryId}, sent ${count} times`
    claim("durable before sent", what, (watch) => watch.attemptsOf(deliveryId) >= count)
  }

  return {
    counts,
    tell,
    sent,
    expect: claim,
    told: () => told,
    wasCalled: (runId) => calls.has(runId),
    called: (runId) => {
      counts.calls += 1
      mustHold(!calls.has(runId), "called once", () => `the agent is called again for ${runId}`)
      calls.add(runId)
      claim("durable before called", runId, (watch) => watch.hasStarted(runId))
    },
    received: ({ deliveryId, idempotent }) => {
      mustHold(idempotent || !receipts.has(deliveryId), "delivered once", () => {
        return `${deliveryId} arrives again`
      })
      receipts.add(deliveryId)
    },
    read: (jobId, version) => {
      counts.reads += 1
      const what = `${jobId} at version ${version}`
      claim("nothing shown is lost", what, (watch) => watch.versionOf(jobId) >= version)
    },
    ended: (runId) =>
      claim("nothing acknowledged is lost", runId, (watch) => !watch.openRuns().has(runId)),
    check: (watch) => {
      const checked = claims
      claims = []
      for (const one of checked) one(watch)
    },
  }
}
