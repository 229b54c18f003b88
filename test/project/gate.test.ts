import { spawnSync } from "node:child_process"
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterEach, beforeEach, describe, expect, test } from "vitest"

const root = fileURLToPath(new URL("../..", import.meta.url))
let tree = ""

beforeEach(() => {
  tree = mkdtempSync(join(tmpdir(), "horolog-gate-"))
  cpSync(join(root, ".ci"), join(tree, ".ci"), { recursive: true })
  write("README.md", "# A project\n")
  write("package.json", '{ "type": "module" }')
})
afterEach(() => rmSync(tree, { recursive: true, force: true }))

const write = (file: string, text: string) => {
  mkdirSync(dirname(join(tree, file)), { recursive: true })
  writeFileSync(join(tree, file), text)
}

const run = (program: string, args: ReadonlyArray<string>, path = "") => {
  const env = { ...process.env, PATH: `${path}${process.env["PATH"] ?? ""}` }
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: tree, encoding: "utf8", env })
  return { status, stdout, stderr }
}

const tidy = () => run(process.execPath, [".ci/tidy.ts"])
const lock = (packages: object) => {
  write("package-lock.json", JSON.stringify({ packages }))
  return run(process.execPath, [".ci/lock.ts"])
}

/** Runs the gate with an npm that answers as told: exit status and output of each step. */
const gate = (steps: Readonly<Record<string, readonly [status: number, says: string]>>) => {
  const cases = Object.entries(steps).map(
    ([step, [status, says]]) => `  "${step}") printf '${says}'; exit ${status} ;;`,
  )
  write("bin/npm", `#!/bin/sh\ncase "$*" in\n${cases.join("\n")}\nesac\n`)
  chmodSync(join(tree, "bin/npm"), 0o755)
  const { status, stdout } = run("bash", [".ci/run"], join(tree, "bin") + delimiter)
  return { status, last: stdout.trimEnd().split("\n").at(-1) }
}

describe("tidy", () => {
  test.each(["TO-DO", "FIX-ME", "T-BD"])("finds %s (as one word) and says where", (halves) => {
    const mark = halves.replace("-", "")
    write("src/later.ts", `export const it = 1\n// ${mark}: more\n`)
    expect(tidy()).toMatchObject({ status: 1, stderr: `src/later.ts:2: // ${mark}: more\n` })
  })

  test("finds a link to nothing", () => {
    write("docs/page.md", "# A page\n\n[there](../README.md) [nowhere](gone.md#part)\n")
    expect(tidy()).toMatchObject({
      status: 1,
      stderr: "docs/page.md: there is nothing at gone.md\n",
    })
  })

  test("finds a README that grew, and a page without a title", () => {
    write("README.md", "text\n".repeat(91))
    const { status, stderr } = tidy()
    expect(status).toBe(1)
    expect(stderr).toContain("README.md: 91 lines, and 90 is the limit")
    expect(stderr).toContain("README.md: a page has one title")
  })

  test("is quiet about a tidy tree", () => {
    write("src/now.ts", "export const it = 1\n")
    expect(tidy()).toEqual({ status: 0, stdout: "", stderr: "" })
  })
})

describe("the lock", () => {
  const tool = { optionalDependencies: { "tool-darwin-arm64": "1.0.0" } }

  test("is refused without another platform's binary", () => {
    const { status, stderr } = lock({ "node_modules/tool": tool })
    expect(status).toBe(1)
    expect(stderr).toContain("node_modules/tool wants tool-darwin-arm64@1.0.0")
  })

  test("is refused with a download address", () => {
    const { status, stderr } = lock({ "node_modules/tool": { resolved: "https://example.com" } })
    expect(status).toBe(1)
    expect(stderr).toContain("node_modules/tool holds a download address")
  })

  test("is taken when it is whole", () => {
    const packages = { "node_modules/tool": tool, "node_modules/tool-darwin-arm64": {} }
    expect(lock(packages)).toMatchObject({ status: 0, stderr: "" })
  })
})

describe.skipIf(process.platform === "win32")("the gate", () => {
  const tests = "5 passed, 0 failed, 1 skipped\\n"
  const packed = "2 passed, 0 failed, 0 skipped\\n"

  test("ends with the tally of all its steps", () => {
    expect(
      gate({ cit: [0, tests], "run check": [0, "fine\\n"], "run check:package": [0, packed] }),
    ).toEqual({ status: 0, last: "7 passed, 0 failed, 1 skipped" })
  })

  test("counts a failed check", () => {
    expect(
      gate({ cit: [0, tests], "run check": [2, "types!\\n"], "run check:package": [0, packed] }),
    ).toEqual({ status: 1, last: "7 passed, 1 failed, 1 skipped" })
  })

  test("counts a failed test once", () => {
    const failing = "4 passed, 1 failed, 1 skipped\\n"
    expect(
      gate({ cit: [1, failing], "run check": [0, ""], "run check:package": [0, packed] }),
    ).toEqual({ status: 1, last: "6 passed, 1 failed, 1 skipped" })
  })

  test("counts an installation that failed, whatever follows", () => {
    expect(
      gate({ cit: [1, "EUSAGE\\n"], "run check": [0, ""], "run check:package": [0, packed] }),
    ).toEqual({ status: 1, last: "2 passed, 1 failed, 0 skipped" })
  })
})
