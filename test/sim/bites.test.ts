import { execFile } from "node:child_process"
import { promisify } from "node:util"
import { describe, expect, test } from "vitest"
import { bugs } from "./bugs.ts"

const run = promisify(execFile)
const seedsMax = 120

interface Hunted {
  readonly triedCount: number
  readonly rule?: string
  readonly message?: string
}

/** A process whose scheduler has the bug looks for it. */
const hunt = async (bug: string): Promise<Hunted> => {
  const { stdout } = await run(
    process.execPath,
    ["--import", "./test/sim/plant.ts", "test/sim/hunt.ts", "1", `${seedsMax}`],
    { env: { ...process.env, HOROLOG_BUG: bug } },
  )
  return JSON.parse(stdout) as Hunted
}

describe.concurrent("the simulation finds a planted bug:", () => {
  test.each(bugs.map(({ name }) => [name]))("%s", async (name) => {
    const { rule, triedCount } = await hunt(name)
    expect(rule, `${name}, in ${triedCount} worlds`).toBeDefined()
  })
})
