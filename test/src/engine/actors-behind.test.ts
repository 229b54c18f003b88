import { Effect, Layer } from "effect"
import { describe, expect, test } from "vitest"
import type { Recorded } from "../../../events/envelope.ts"
import type { JobFact } from "../../../events/fact.ts"
import { evolve, initial } from "../../../machines/table.ts"
import { Heads, type Head } from "../../../src/engine/heads.ts"
import { JobActors } from "../../../src/engine/job-actors.ts"
import { recordedAs } from "../../kit/lifetime.ts"
import {
  added,
  hour,
  jobId,
  noon,
  plan,
  rescheduled,
  started,
  succeeded,
} from "../../kit/samples.ts"

const history = [
  added(),
  started({ plan: plan(noon + hour) }),
  succeeded(),
  rescheduled(plan(noon + hour)),
]

const headAfter = (facts: ReadonlyArray<JobFact>): Head => ({
  version: facts.length,
  state: facts.reduce(evolve, initial),
})

describe("a live actor that has not heard yet how its run ended", () => {
  test("asks for the next start all the same, and does not rest", async () => {
    let head = headAfter(history.slice(0, 1))
    const heads = Layer.succeed(
      Heads,
      Heads.of({
        get: () => Effect.succeed(head),
        after: (before) => before,
        keep: () => Effect.void,
        forget: () => undefined,
      }),
    )
    const due = { type: "due", at: noon + 2 * hour } as const
    const asked = await Effect.runPromise(
      Effect.gen(function* () {
        const actors = yield* JobActors
        yield* actors.due(jobId, due)
        const [, run] = recordedAs([{ at: noon, facts: history }])
        actors.follow(run as Recorded)
        head = headAfter(history)
        return yield* actors.due(jobId, due)
      }).pipe(Effect.provide(Layer.provide(JobActors.layer, heads))),
    )
    expect(asked).toMatchObject({ type: "start-run", dueAt: noon + hour })
  })
})
