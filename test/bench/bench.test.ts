import { spawn } from "node:child_process"
import { once } from "node:events"
import { text } from "node:stream/consumers"
import { describe, expect, it } from "vitest"

/** What the bench says, and how it ends. The names are those of its measurements. */
const bench = async (...names: ReadonlyArray<string>) => {
  const child = spawn(process.execPath, ["bench/run.ts", "--small", ...names], {
    stdio: ["ignore", "pipe", "pipe"],
  })
  const [output, errors, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "exit") as Promise<[number | null]>,
  ])
  const lines = output.split("\n").filter(Boolean)
  return { code, errors, lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>) }
}

describe("the bench", () => {
  it(
    "prints a line of JSON for each result that was found right",
    { timeout: 60_000 },
    async () => {
      const { code, errors, lines } = await bench(
        "runs",
        "hold-native",
        "rebuild",
        "next-due",
        "simulate",
      )
      expect(errors).toBe("")
      expect(code).toBe(0)
      const counted = lines.map(({ bench }) => String(bench)).toSorted((a, b) => a.localeCompare(b))
      expect(counted).toEqual([
        "hold",
        ...Array(4).fill("next-due"),
        "open",
        "rebuild",
        "runs",
        "simulate",
      ])
    },
  )

  it("fails on a measurement that is not there, and names those that are", async () => {
    const { code, errors, lines } = await bench("lightspeed")
    expect(code).toBe(1)
    expect(errors).toContain("no measurement lightspeed; there are: lateness, ")
    expect(lines).toEqual([])
  })
})
