import { Context, Effect, Layer } from "effect"
import { Agents } from "../run/agent.ts"
import { EventLog, type LogFailed, type Row } from "../log/event-log.ts"
import { Boot } from "./boot.ts"
import type { Delivery } from "./deliver.ts"
import { deliveryOf } from "./delivery-of.ts"
import { Engine } from "./engine.ts"

/** Puts right what another boot left open when it ended without a word. */
export class Recovery extends Context.Service<
  Recovery,
  {
    /** Ends what is left of the processes of lost runs, then closes these runs as interrupted. */
    readonly closeLostRuns: Effect.Effect<number, LogFailed>
    /** The answers that have not arrived, as far as the log knows. */
    readonly pendingDeliveries: Effect.Effect<ReadonlyArray<Delivery>, LogFailed>
  }
>()("horolog/engine/Recovery") {
  static readonly layer = Layer.effect(
    Recovery,
    Effect.gen(function* () {
      const log = yield* EventLog
      const engine = yield* Engine
      const agents = yield* Agents
      const { bootId } = yield* Boot
      const pendingDeliveries = yield* makePendingDeliveries

      const reap = Effect.fnUntraced(function* (run: Row) {
        const pid = run["pid"] as number | null
        const startedAt = run["process_started_at"] as number | null
        const recorded = pid === null ? null : { pid, startedAt }
        const reapers = agents.names.flatMap((name) => agents.pick(name) ?? [])
        yield* Effect.forEach(reapers, (agent) => agent.reap(recorded, String(run["id"])), {
          discard: true,
        })
      })

      const close = (run: Row) =>
        engine
          .dispatch({
            command: {
              type: "interrupt-run",
              jobId: String(run["job_id"]),
              runId: String(run["id"]),
              reason: "crash",
            },
            commandId: `interrupt-run/${String(run["id"])}`,
            by: { kind: "system", id: "horolog" },
            body: null,
            answer: () => null,
            correlationId: String(run["id"]),
          })
          .pipe(Effect.catchTag("Refusal", Effect.die))

      const closeLostRuns = Effect.gen(function* () {
        const lost = yield* log.query(
          "SELECT id, job_id, pid, process_started_at FROM job_runs WHERE status = 'running' AND boot_id <> ? ORDER BY started_at",
          [bootId],
        )
        yield* Effect.forEach(lost, (run) => Effect.andThen(reap(run), close(run)), {
          discard: true,
        })
        return lost.length
      })

      return Recovery.of({ closeLostRuns, pendingDeliveries })
    }),
  )
}

/** The answers and alerts on their way, with their texts: these stand in the log and nowhere else. */
const makePendingDeliveries = Effect.gen(function* () {
  const log = yield* EventLog

  const asRecorded = Effect.fnUntraced(function* (jobId: string, deliveryId: string) {
    const recorded = yield* log
      .read({ stream: `job-${jobId}`, direction: "backward" })
      .pipe(Effect.catchTag("UnreadableFact", Effect.die))
    for (const { fact } of recorded) {
      const delivery = deliveryOf(jobId, fact)
      if (delivery?.deliveryId === deliveryId) return delivery
    }
    return yield* Effect.die(`What ${deliveryId} delivers is not in the stream of ${jobId}.`)
  })

  const pending = Effect.fnUntraced(function* (row: Row) {
    const delivery = yield* asRecorded(String(row["job_id"]), String(row["id"]))
    return { ...delivery, attempt: Number(row["attempt"]) }
  })

  return Effect.gen(function* () {
    const rows = yield* log.query("SELECT * FROM deliveries ORDER BY id")
    return yield* Effect.forEach(rows, pending)
  })
})
