import { expect, test } from "vitest"
import manifest from "../../package.json" with { type: "json" }
import { planner, version } from "../../src/release.ts"

test("the release and its planner are those of the package", () => {
  expect(version).toBe(manifest.version)
  expect(planner).toBe(
    `croner@${manifest.dependencies.croner} tzdata@${process.versions["tz"] ?? "?"}`,
  )
})
