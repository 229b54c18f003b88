import type { Batch } from "../../src/log/event-log.ts"
import { added, clock, jobId, noon, second, started } from "../kit/samples.ts"

/**
 * What one process asks and another checks: command 0 adds a job, every third one after it is
 * refused (an answer without facts), and the others start the run of an occurrence.
 */
export const commandOf = (index: number): Batch => ({
  commandId: commandIdOf(index),
  at: noon,
  meta: {
    actor: clock,
    command: { id: commandIdOf(index), name: "start-run" },
    correlationId: commandIdOf(index),
    instance: "test",
    app: "0.0.0",
  },
  facts: factsOf(index).map((fact) => ({ stream: `job-${jobId}`, fact })),
  expected: [],
  answer: { bodyHash: "asked", result: answerOf(index) },
})

export const commandIdOf = (index: number): string => `start/${jobId}/1/${noon + index * second}/1`

export const answerOf = (index: number): string => JSON.stringify(`answer ${index}`)

export const isRefused = (index: number): boolean => index % 3 === 2

const factsOf = (index: number) => {
  if (index === 0) return [added()]
  if (isRefused(index)) return []
  return [started({ runId: `run_${index}`, dueAt: noon + index * second })]
}
