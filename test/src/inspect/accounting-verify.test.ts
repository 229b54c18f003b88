import { it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { describe, expect } from "vitest"
import type { JobFact } from "../../../events/fact.ts"
import { jobStream } from "../../../events/stream.ts"
import { accountOf, makeAccounting, noCounts, addCounts } from "../../../src/inspect/accounting.ts"
import { partOf } from "../../../src/inspect/parts.ts"
import { verify } from "../../../src/inspect/verify.ts"
import { EventLog } from "../../../src/log/event-log.ts"
import * as MemoryLog from "../../../src/log/memory.ts"
import { Random } from "../../../src/random.ts"
import { batch } from "../../contract/log-batches.ts"
import { lifetime } from "../../kit/lifetime.ts"
import {
  added,
  hour,
  jobId,
  minute,
  noon,
  plan,
  planner,
  rescheduled,
  started,
  succeeded,
} from "../../kit/samples.ts"

const memory = MemoryLog.layer.pipe(Layer.provide(Random.layer))

/** A log whose chain is whole, whatever its facts say. */
const logOf = Effect.fnUntraced(function* (
  ...story: ReadonlyArray<readonly [at: number, ...facts: ReadonlyArray<JobFact>]>
) {
  const log = yield* EventLog
  for (const [index, [at, ...facts]] of story.entries()) {
    yield* log.append({ ...batch(`command-${index}`, jobStream(jobId), facts), at })
  }
  return log
})

const begun = [noon - hour, added()] as const
const ran = [noon, started()] as const

describe("a verification with a planner", () => {
  it.effect("counts what became of every occurrence", () =>
    Effect.gen(function* () {
      const log = yield* logOf(begun, ran, [
        noon + minute,
        succeeded(),
        rescheduled(plan(noon + hour)),
      ])
      const report = yield* verify(log, { planner })
      expect(report).toMatchObject({ findingsCount: 0, warningsCount: 0 })
      expect(report.accounting).toMatchObject({ ran: 1, planned: 1, superseded: 0 })
    }).pipe(Effect.provide(memory)),
  )

  it.effect("finds what no chain of hashes can, and says where", () =>
    Effect.gen(function* () {
      const moved = rescheduled(plan(noon + 2 * hour), noon + hour)
      const log = yield* logOf(begun, ran, [noon + minute, succeeded(), moved])
      const { findings, warnings } = yield* verify(log, { planner })
      expect(findings).toEqual([
        {
          what: "accounting",
          position: 4,
          message: expect.stringMatching(
            /^moved: job job_digest: the plan for .* \(against position 2\)$/,
          ) as string,
        },
      ])
      expect(warnings).toEqual([])
    }).pipe(Effect.provide(memory)),
  )

  it.effect("keeps what another planner computed otherwise apart", () =>
    Effect.gen(function* () {
      const odd = plan(noon + hour + minute, { after: noon })
      const log = yield* logOf(begun, [noon, started({ plan: odd })])
      const other = yield* verify(log, { planner: "croner@12 tzdata@2030a" })
      expect(other).toMatchObject({ findingsCount: 0, warningsCount: 1 })
      expect(other.warnings[0]).toMatchObject({ what: "accounting", position: 2 })
      expect(yield* verify(log, { planner })).toMatchObject({ findingsCount: 1, warningsCount: 0 })
    }).pipe(Effect.provide(memory)),
  )

  it.effect("is the only one that accounts", () =>
    Effect.gen(function* () {
      const report = yield* verify(yield* logOf(begun))
      expect(report.accounting).toBe(null)
    }).pipe(Effect.provide(memory)),
  )

  it.effect("takes as many passes as it has room for, and comes to the same", () =>
    Effect.sync(() => {
      const facts = ["one", "two", "three", "four"].flatMap((id, seed) =>
        lifetime(seed + 1, 100).facts.map((recorded) => ({ ...recorded, stream: jobStream(id) })),
      )
      const passes = [0, 1, 2].map((pass) => {
        const accounting = makeAccounting({
          planner,
          found: () => undefined,
          holds: (id) => partOf(id, 3) === pass,
        })
        for (const recorded of facts) accounting.take(recorded)
        return accounting.end()
      })
      expect(
        new Set(["one", "two", "three", "four"].map((id) => partOf(id, 3))).size,
      ).toBeGreaterThan(1)
      expect(passes.reduce(addCounts, noCounts())).toEqual(accountOf(facts, planner).counts)
    }),
  )
})
