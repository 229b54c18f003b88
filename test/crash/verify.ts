import { Effect } from "effect"
import { expect } from "vitest"
import { EventLog } from "../../src/log/event-log.ts"
import { answerOf, commandIdOf, isRefused } from "./commands.ts"

/** Every answer that somebody got is there, no run has begun twice, and no position is missing. */
export const verifyLog = (acknowledged: ReadonlyArray<number>) =>
  Effect.gen(function* () {
    const log = yield* EventLog
    const facts = yield* log.read({})
    expect(facts.map(({ position }) => position)).toEqual(facts.map((_, index) => index + 1))
    const commandIds = new Set(facts.map(({ meta }) => meta.command.id))
    expect(commandIds.size).toBe(facts.length)
    for (const index of acknowledged) {
      const id = commandIdOf(index)
      expect((yield* log.answer(id))?.result).toBe(answerOf(index))
      expect(commandIds.has(id)).toBe(!isRefused(index))
    }
    const runs = yield* log.query("SELECT count(*) AS count FROM job_runs")
    expect(runs[0]?.["count"]).toBe(facts.length - 1)
    return facts.length
  })
