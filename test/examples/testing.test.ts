import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { expect, test } from "vitest"

const program = fileURLToPath(new URL("../../examples/testing.ts", import.meta.url))

test("the example of a user's own test lives through a year, and holds", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [program], { timeout: 20_000 })
  expect(stdout.trimEnd().split("\n")).toEqual([
    "2026-03-08T07:00:00.000Z America/New_York report: left-out",
    "2026-03-08T07:00:00.000Z America/New_York digest: left-out",
    "2026-11-01T06:00:00.000Z America/New_York digest: repeated",
    "9118 runs, 365 of them reports",
  ])
})
