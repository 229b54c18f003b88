import { execFile } from "node:child_process"
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, dirname, join, sep } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, describe, expect, test } from "vitest"

// The package as others get it: packed, looked over, installed beside nothing of ours, and started.

const root = fileURLToPath(new URL("../..", import.meta.url))
const startMsMax = 300

const home = mkdtempSync(join(tmpdir(), "horolog-package-"))
const prefix = join(home, "global")
const project = join(home, "project")
const installed = join(project, "node_modules/horolog")
// Where the system looks for programs, without those of this project: only its Node is kept.
const path = [
  dirname(process.execPath),
  ...(process.env["PATH"] ?? "").split(delimiter).filter((it) => !it.includes("node_modules")),
].join(delimiter)

interface Ran {
  readonly status: number
  readonly out: string
  readonly err: string
  readonly tookMs: number
}

const run = (program: string, args: ReadonlyArray<string>, cwd: string): Promise<Ran> =>
  new Promise((resolve) => {
    const startedAt = performance.now()
    const env = { ...process.env, PATH: path, HOROLOG_DATA: join(home, "data") }
    execFile(program, [...args], { cwd, env, maxBuffer: 2 ** 26 }, (error, out, err) =>
      resolve({
        status: error === null ? 0 : Number(error.code ?? 1),
        out,
        err,
        tookMs: performance.now() - startedAt,
      }),
    )
  })

/** Runs and must succeed; what went wrong is in the error. */
const must = async (program: string, args: ReadonlyArray<string>, cwd: string): Promise<Ran> => {
  const ran = await run(program, args, cwd)
  if (ran.status === 0) return ran
  throw new Error(`${program} ${args.join(" ")} ended with ${ran.status}\n${ran.out}\n${ran.err}`)
}

const horolog = (...args: ReadonlyArray<string>) => run(join(prefix, "bin/horolog"), args, home)

const tool = (name: string) => join(root, "node_modules/.bin", name)

const filesBelow = (folder: string): ReadonlyArray<string> =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll(sep, "/"),
    )

const imported = /^(?:import|export)(?:[^"';]*\sfrom)?\s+"([^"]+)"|\bimport\("([^"]+)"\)/gm

/** The packages that compiled modules ask for. */
const importsOf = (files: ReadonlyArray<string>): ReadonlySet<string> => {
  const specifiers = files
    .flatMap((file) => [...readFileSync(join(installed, file), "utf8").matchAll(imported)])
    .map(([, listed, loaded]) => listed ?? loaded ?? "")
  const foreign = specifiers.filter((it) => !it.startsWith(".") && !it.startsWith("node:"))
  return new Set(foreign.map((it) => it.match(/^(@[^/]+\/)?[^/]+/)?.[0] ?? it))
}

let archive = ""

beforeAll(async () => {
  mkdirSync(project)
  writeFileSync(join(project, "package.json"), '{ "private": true, "type": "module" }')
  await must("npm", ["pack", "--pack-destination", home], root)
  archive = join(home, readdirSync(home).find((file) => file.endsWith(".tgz")) ?? "")
  await must("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", archive], project)
  const global = ["install", "--global", "--prefix", prefix, "--prefer-offline", "--no-audit"]
  await must("npm", [...global, archive], home)
}, 180_000)
afterAll(() => rmSync(home, { recursive: true, force: true }))

describe("the package", () => {
  test("ships what is built, and nothing else", () => {
    const files = filesBelow(installed)
    const others = files.filter((file) => !file.startsWith("dist/"))
    expect(others.toSorted()).toEqual(["CHANGELOG.md", "LICENSE", "README.md", "package.json"])
    expect(files.filter((file) => /\.test\.|(^|\/)test\/|\.tsbuildinfo$/.test(file))).toEqual([])
    expect(files).toEqual(expect.arrayContaining(["dist/bin/horolog.js", "dist/src/index.d.ts"]))
  })

  test("asks for every package that its library imports, and for no other", () => {
    const library = filesBelow(installed).filter(
      (file) => file.endsWith(".js") && !file.startsWith("dist/bin/"),
    )
    const { dependencies } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8")) as {
      dependencies: Record<string, string>
    }
    expect([...importsOf(library)].toSorted()).toEqual(Object.keys(dependencies).toSorted())
  })

  test("holds a command that needs no package at all", async () => {
    const alone = join(home, "alone")
    cpSync(join(installed, "dist/bin"), alone, { recursive: true })
    const bin = join(alone, "horolog.js")
    const add = ["add", "--in", "1h", "Say hello", "--data", join(alone, "data")]
    expect(await run(process.execPath, [bin, ...add], alone)).toMatchObject({ status: 0 })
  })

  test("is fine to publint", async () => {
    const { status, out } = await run(tool("publint"), ["run", archive, "--strict"], root)
    expect(status, out).toBe(0)
  })

  test("has types that every way of resolving finds", async () => {
    const { status, out } = await run(tool("attw"), [archive, "--profile", "esm-only"], root)
    expect(status, out).toBe(0)
  })
})

describe("the command, installed globally", () => {
  test("says its version", async () => {
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      version: string
    }
    expect((await horolog("--version")).out).toContain(version)
  })

  test(`starts within ${startMsMax} ms`, async () => {
    const taken: Array<number> = []
    for (let times = 0; times < 5; times += 1) taken.push((await horolog("--version")).tookMs)
    expect(Math.min(...taken)).toBeLessThanOrEqual(startMsMax)
  })

  test("answers without a log", async () => {
    const args = ["next", "0 9 * * 3", "--tz", "America/Los_Angeles"]
    const more = ["--from", "2025-12-13T00:00:00Z", "--count", "1", "--json"]
    const { out, err } = await horolog(...args, ...more)
    expect(out, err).toContain("2025-12-17T17:00")
  })

  test("gives its tour", async () => {
    const { status, out, err, tookMs } = await horolog("demo")
    expect(status, `${out}\n${err}`).toBe(0)
    expect(tookMs).toBeLessThanOrEqual(25_000)
  })

  test("tells an old Node in one sentence", async () => {
    const older = 'Object.defineProperty(process.versions, "node", { value: "20.20.2" })'
    const preload = `data:text/javascript,${encodeURIComponent(older)}`
    const bin = join(installed, "dist/bin/horolog.js")
    const { status, out, err } = await run(process.execPath, ["--import", preload, bin], home)
    expect({ status, out, lines: err.trimEnd().split("\n").length }).toEqual({
      status: 1,
      out: "",
      lines: 1,
    })
    expect(err).toContain("horolog needs Node 22.19 or newer")
  })
})

describe("the library, installed", () => {
  beforeAll(() => {
    const readme = readFileSync(join(root, "README.md"), "utf8")
    const program = readme.match(/```ts\n(.+?)\n```/s)?.[1]
    writeFileSync(join(project, "program.ts"), program ?? "throw new Error('no program')")
  })

  test("runs the program of the README", async () => {
    const { out } = await must(process.execPath, ["program.ts"], project)
    expect(out).toContain("You asked: Say hello")
  })

  test("has a simulation for tests", async () => {
    const program = `
      import { simulate } from "horolog/testing"
      const from = Date.UTC(2026, 0, 1)
      const { runs } = simulate({ jobs: [{ schedule: { every: "1h" } }], from, to: from + 7_200_000 })
      process.stdout.write(runs.length + " runs")
    `
    writeFileSync(join(project, "simulate.ts"), program)
    expect((await must(process.execPath, ["simulate.ts"], project)).out).toBe("2 runs")
  })

  test("has types that hold without skipping any", async () => {
    const types = join(root, "node_modules/@types")
    const options = `--noEmit --strict --skipLibCheck false --target es2024 --module nodenext`
    const lib = ["--lib", "es2024,esnext.disposable,dom", "--types", "node", "--typeRoots", types]
    const { status, out } = await run(
      tool("tsc"),
      [...options.split(" "), ...lib, "program.ts", "simulate.ts"],
      project,
    )
    expect(status, out).toBe(0)
  })
})
