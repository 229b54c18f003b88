import type { Fact } from "../../events/fact.ts"
import type { JobId } from "../../events/ids.ts"
import { alertIdOf, deliveryIdOf } from "../../projections/deliveries.ts"
import type { Delivery } from "./deliver.ts"

/** What a fact of a job's stream has to bring to a chat: an answer, or an alert; undefined: nothing. */
export const deliveryOf = (jobId: JobId, fact: Fact): Delivery | undefined => {
  switch (fact.type) {
    case "run.succeeded":
      return fact.deliverTo === null
        ? undefined
        : delivery(deliveryIdOf(fact.runId), {
            ...fact,
            jobId,
            ...fact.deliverTo,
            text: fact.output,
          })
    case "alert.raised":
    case "alert.cleared": {
      const { runId, deliverTo = null, message } = fact
      if (runId === undefined || deliverTo === null || message === undefined) return undefined
      return delivery(alertIdOf(runId), { jobId, runId, ...deliverTo, text: message })
    }
    default:
      return undefined
  }
}

const delivery = (
  deliveryId: string,
  { jobId, runId, channel, chatId, text }: Omit<Delivery, "deliveryId" | "attempt">,
): Delivery => ({ deliveryId, jobId, runId, channel, chatId, text, attempt: 0 })
