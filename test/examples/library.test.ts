import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { expect, test } from "vitest"

const program = fileURLToPath(new URL("../../examples/library.ts", import.meta.url))

test("the example of a library runs a job, delivers its answer, and ends", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [program], { timeout: 20_000 })
  const lines = stdout.split("\n")
  expect(lines).toContain("You asked: Say hello")
  const facts = lines.map((line) => line.split(" ")[1])
  const order = ["job.added", "run.started", "run.succeeded", "delivery.succeeded"]
  expect(facts.filter((fact) => order.includes(fact ?? ""))).toEqual(order)
})
