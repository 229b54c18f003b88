import { readFileSync } from "node:fs"
import { expect, test } from "vitest"
import { planner, version } from "../../src/release.ts"

const { version: packed, dependencies } = JSON.parse(
  readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
) as { version: string; dependencies: Record<string, string> }

test("the release is the package's", () => {
  expect(version).toBe(packed)
})

test("the planner is the cron library that is installed, and the zone data of this Node", () => {
  expect(planner).toBe(`croner@${dependencies["croner"]} tzdata@${process.versions["tz"]}`)
})
