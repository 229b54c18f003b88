import { describe, test } from "vitest"
import { defaultPolicy } from "../../machines/policy.ts"
import { given } from "../kit/given.ts"
import { added, at, day, disableJob, disabled, hour, noon, skipped } from "../kit/samples.ts"

describe("a beginning that is set after an occurrence came due", () => {
  test("does not make that occurrence, or those behind it, uncounted", () => {
    const policy = { ...defaultPolicy, startAt: noon + 2 * day }
    const updated = {
      type: "job.updated",
      patch: { policy },
      before: { policy: defaultPolicy },
      previousDueAt: noon,
      plan: null,
    } as const
    given(added(), updated)
      .when(disableJob, at(noon + 2 * day + hour))
      .records(skipped([noon, noon + 2 * day + hour, 50], "disabled"), disabled("manual", noon))
  })
})
