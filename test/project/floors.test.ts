import { execFile } from "node:child_process"
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, describe, expect, test } from "vitest"

// Each fault is planted in a tree of its own, beside a clean neighbour, and linted with the rules of
// this project: a rule that was lost, or a pattern that matches nothing, shows here.

const root = fileURLToPath(new URL("../..", import.meta.url))

const restricted = "eslint(no-restricted-imports)"
const property = "eslint(no-restricted-properties)"
const global = "eslint(no-restricted-globals)"

const importing = (specifier: string) =>
  `import * as it from "${specifier}"\nexport const seen = it\n`

const typing = (specifier: string) =>
  `import type { It } from "${specifier}"\nexport interface Seen {\n  readonly it: It\n}\n`

/** The file, what is planted in it, and the rule that must find it. */
type Fault = readonly [file: string, text: string, rule: string]

const imports = (file: string, ...specifiers: ReadonlyArray<string>): ReadonlyArray<Fault> =>
  specifiers.map((specifier, index) => [
    file.replace("*", String(index)),
    importing(specifier),
    restricted,
  ])

const sideways = (folder: string, others: ReadonlyArray<string>): ReadonlyArray<Fault> =>
  imports(
    `src/${folder}/sideways-*.ts`,
    ...others.filter((other) => other !== folder).map((other) => `../${other}/it.ts`),
  )

const floor2 = ["log", "run", "channels", "clock"]
const above2 = [
  "views",
  "inspect",
  "engine",
  "operations",
  "import",
  "tools",
  "cli",
  "serve",
  "visualizer",
]
const knowNoStore = ["views", "inspect", "engine", "operations", "import", "tools", "cli", "serve"]
const floorsOfSrc = [...floor2, ...above2]

const faults: ReadonlyArray<Fault> = [
  // Floor 0.
  ...imports(
    "events/bad-*.ts",
    "../machines/it.ts",
    "../projections/it.ts",
    "../src/random.ts",
    "node:fs",
    "xstate",
    "effect/http",
    "croner",
  ),
  ...imports("events/deep/bad-*.ts", "../../machines/it.ts", "node:crypto"),
  // Floor 1, and its sides.
  ...imports(
    "machines/bad-*.ts",
    "../projections/it.ts",
    "../src/log/it.ts",
    "node:crypto",
    "croner",
    "luxon",
    "sql.js",
  ),
  ...imports("machines/next-due-*.ts", "node:fs", "../projections/it.ts"),
  ...imports(
    "projections/bad-*.ts",
    "../machines/it.ts",
    "../src/log/it.ts",
    "node:fs",
    "xstate",
    "sql.js",
    "luxon",
  ),
  ["machines/time.ts", "export const now = Date.now()\n", property],
  ["events/chance.ts", "export const chance = Math.random()\n", property],
  ["projections/process.ts", "export const env = process.env\n", global],
  ["machines/timer.ts", "setTimeout(() => undefined, 1)\n", global],
  // The ports of src.
  ...imports("src/port-*.ts", "./log/it.ts", "./compose.ts", "luxon", "../test/kit/it.ts"),
  // Floor 2 sees neither its siblings nor what is above.
  ...floor2.flatMap((folder) => sideways(folder, [...floor2, ...above2])),
  ...sideways("configuration", [...floor2, ...above2]),
  // Floors 3 to 5.
  ...sideways("views", ["inspect", "engine", "operations", "tools", "cli", "serve", "visualizer"]),
  ...sideways("inspect", ["views", "engine", "operations", "tools", "cli", "serve", "visualizer"]),
  ...sideways("engine", ["operations", "tools", "cli", "serve", "visualizer"]),
  ...sideways("operations", ["cli", "serve", "visualizer"]),
  ...sideways("tools", ["cli", "serve", "visualizer"]),
  ...sideways("serve", ["cli"]),
  ...sideways("visualizer", ["cli"]),
  ...sideways("cli", ["visualizer"]),
  ...imports("src/engine/deep/bad-*.ts", "../../cli/it.ts", "../../compose.ts"),
  // Nobody but compose knows a store, and nobody but next-due a cron.
  ...knowNoStore.flatMap((folder) =>
    imports(`src/${folder}/store-*.ts`, "../log/memory.ts", "../log/file/log.ts"),
  ),
  ...floorsOfSrc.flatMap((folder) =>
    imports(
      `src/${folder}/outside-*.ts`,
      "croner",
      "../compose.ts",
      "../open.ts",
      "../library/it.ts",
      "../../test/kit/it.ts",
    ),
  ),
  // One clock and one source of randomness, above the pure floors too.
  ["src/engine/time.ts", "export const now = Date.now()\n", property],
  ["src/log/chance.ts", "export const chance = Math.random()\n", property],
  // Everywhere.
  ["src/views/any.ts", "export const it = (x: any) => x\n", "typescript(no-explicit-any)"],
  ["src/views/console.ts", "export const it = () => console.log(1)\n", "eslint(no-console)"],
  ["src/views/default.ts", "export default 1\n", "import(no-default-export)"],
  [
    "src/views/long.ts",
    `export const it = () => {\n${"  Boolean(1)\n".repeat(71)}}\n`,
    "eslint(max-lines-per-function)",
  ],
  [
    "src/views/params.ts",
    "export const it = (a: 1, b: 1, c: 1, d: 1) => [a, b, c, d]\n",
    "eslint(max-params)",
  ],
  ["src/views/here.ts", importing("./there.ts"), "import(no-cycle)"],
  ["src/views/there.ts", importing("./here.ts"), "import(no-cycle)"],
  ["src/views/shape.ts", typing("./form.ts"), "import(no-cycle)"],
  ["src/views/form.ts", typing("./shape.ts"), "import(no-cycle)"],
  ["src/views/later.ts", 'export const it = () => import("../cli/it.ts")\n', restricted],
  ["src/views/again.ts", 'export * from "../cli/it.ts"\n', restricted],
  ["src/views/types.ts", typing("../cli/it.ts"), restricted],
]

const clean: ReadonlyArray<readonly [file: string, text: string]> = [
  ["events/it.ts", importing("effect")],
  ["machines/it.ts", importing("../events/it.ts")],
  ["machines/next-due.ts", importing("croner")],
  ["projections/it.ts", importing("../events/it.ts")],
  ["src/random.ts", "export const chance = () => Math.random()\n"],
  ["src/clock/live.ts", "export const now = () => Date.now()\n"],
  ["src/log/event-log.ts", importing("../../events/it.ts")],
  ["src/log/memory.ts", importing("./event-log.ts")],
  ["src/log/file/log.ts", importing("../memory.ts")],
  ["src/engine/it.ts", importing("../log/event-log.ts")],
  ["src/inspect/it.ts", importing("../../machines/it.ts")],
  ["src/operations/it.ts", importing("../engine/it.ts")],
  ["src/tools/it.ts", importing("../operations/it.ts")],
  ["src/serve/it.ts", importing("../operations/it.ts")],
  ["src/cli/it.ts", importing("../serve/it.ts")],
  ["src/log/sql/it.ts", importing("./open.ts")],
  ["src/compose.ts", importing("./log/file/log.ts")],
  ["src/open.ts", importing("./compose.ts")],
  ["src/library/it.ts", importing("../compose.ts")],
]

interface Finding {
  readonly code: string
  readonly filename: string
}

/** Lints the planted tree: the codes that were found, by file. */
const lint = (tree: string): Promise<Map<string, ReadonlyArray<string>>> =>
  new Promise((resolve, reject) => {
    const oxlint = join(root, "node_modules/oxlint/bin/oxlint")
    execFile(
      process.execPath,
      [oxlint, "--format=json"],
      { cwd: tree, maxBuffer: 2 ** 26 },
      (_, out) => {
        try {
          const { diagnostics } = JSON.parse(out) as { diagnostics: ReadonlyArray<Finding> }
          const byFile = Map.groupBy(diagnostics, ({ filename }) => filename)
          resolve(new Map([...byFile].map(([file, found]) => [file, found.map((it) => it.code)])))
        } catch (cause) {
          reject(new Error(`oxlint said: ${out}`, { cause }))
        }
      },
    )
  })

const plant = (tree: string): void => {
  copyFileSync(join(root, ".oxlintrc.json"), join(tree, ".oxlintrc.json"))
  for (const [file, text] of [...faults, ...clean]) {
    mkdirSync(dirname(join(tree, file)), { recursive: true })
    writeFileSync(join(tree, file), text)
  }
}

describe("the linter holds the floors", () => {
  let tree = ""
  let found = new Map<string, ReadonlyArray<string>>()

  beforeAll(async () => {
    tree = mkdtempSync(join(tmpdir(), "horolog-floors-"))
    plant(tree)
    found = await lint(tree)
  })
  afterAll(() => rmSync(tree, { recursive: true, force: true }))

  const titled = faults.map(([file, text, rule]) => ({
    file,
    rule,
    fault: text.split("\n", 1)[0]?.replace("import * as it from ", "importing ") ?? "",
  }))

  test.each(titled)("$file may not: $fault", ({ file, rule }) => {
    expect(found.get(file)).toContain(rule)
  })

  test.each(clean.map(([file]) => ({ file })))("$file is as it should be", ({ file }) => {
    expect(found.get(file)).toBeUndefined()
  })
})
