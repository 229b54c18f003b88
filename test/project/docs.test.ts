import { readdirSync, readFileSync } from "node:fs"
import { Result } from "effect"
import { describe, expect, test } from "vitest"
import { factTypes as allFactTypes } from "../../events/codec.ts"
import { jobMachine } from "../../machines/job.ts"
import { PolicyPatch, resolvePolicy } from "../../machines/policy.ts"
import { RefusalCode } from "../../machines/refusal.ts"
import { horolog } from "../../src/cli/horolog.ts"
import { keys } from "../../src/configuration/keys.ts"
import { catalogue } from "../../src/operations/catalogue.ts"
import { toolList } from "../../src/tools/tools.ts"

// What is written by hand about something that code knows better is held to the code.

const page = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), "utf8")

const diagramOf = (name: string) =>
  page(name).match(/```mermaid\n(stateDiagram[^`]+)```/)?.[1] ?? ""

/** The arrows of a drawing: "from --> to: fact", one for each fact; what is in brackets is a remark. */
const drawn = (diagram: string): ReadonlyArray<string> =>
  [...diagram.matchAll(/^ +(\S+) --> (\w+): ([^(\n]+)/gm)]
    .flatMap(([, from, to, facts = ""]) =>
      facts.split(",").map((fact) => `${from} --> ${to}: ${fact.trim()}`),
    )
    .toSorted()

type Node = typeof jobMachine.root

/** The arrows of the machine between the states that people see; before the first fact is `[*]`. */
const real = (): ReadonlyArray<string> =>
  Object.values(jobMachine.root.states).flatMap(arrowsOf).toSorted()

const arrowsOf = (state: Node): ReadonlyArray<string> => {
  const nodes = [state, ...Object.values(state.states)] as ReadonlyArray<Node>
  const arrows = nodes
    .flatMap((node) => [...node.transitions.values()].flat())
    .flatMap(({ eventType, target }) =>
      (target ?? []).map((to) => ({ eventType, to: to.path[0] ?? "" })),
    )
    .filter(({ to }) => to !== state.key)
    .map(
      ({ eventType, to }) =>
        `${state.key === "absent" ? "[*]" : state.key} --> ${to}: ${eventType}`,
    )
  return [...new Set(arrows)]
}

describe("the documentation", () => {
  test.each(["README.md", "docs/concepts.md"])("%s draws the machine as it is", (name) => {
    expect(drawn(diagramOf(name))).toEqual(real())
  })

  test("says every key of the configuration with its default", () => {
    const rows =
      page("docs/reference/configuration.md")
        .replaceAll(/ +/g, " ")
        .match(/^\| `.*$/gm) ?? []
    const expected = keys.map(({ path, fallback }) =>
      fallback === null ? `| \`${path}\` | ` : `| \`${path}\` | \`${JSON.stringify(fallback)}\` | `,
    )
    expect(expected.filter((start) => !rows.some((row) => row.startsWith(start)))).toEqual([])
    expect(rows).toHaveLength(keys.length)
  })

  test("says every fact", () => {
    const named = new Set(page("docs/reference/facts.md").match(/`[a-z]+\.[a-z-]+`/g))
    expect([...allFactTypes].filter((type) => !named.has(`\`${type}\``))).toEqual([])
  })

  test("says every refusal", () => {
    const text = page("docs/reference/cli.md")
    expect(RefusalCode.literals.filter((code) => !text.includes(`\`${code}\``))).toEqual([])
  })

  test("says every verb of the command line, and no other", () => {
    const verbs = horolog.subcommands.flatMap(({ commands }) => commands.map(({ name }) => name))
    const [table = ""] = page("docs/reference/cli.md").split("## For programs")
    const rows = [...table.matchAll(/^\| `([a-z]+)` +\| /gm)].map(([, verb = ""]) => verb)
    expect(rows.toSorted()).toEqual(verbs.toSorted())
  })

  test("says every tool, and no other", () => {
    const named = new Set(page("docs/reference/tools.md").match(/(?<=^\| .*)`cron_[a-z]+`/gm))
    const offered = toolList.map(({ name }) => `\`${name}\``)
    expect([...named].toSorted()).toEqual(offered.toSorted())
  })

  test("says every operation that a program can ask, and no other", () => {
    const [, rest = ""] = page("docs/reference/library.md").split(/^\| `ask` +\| does .*$/m)
    const [table = ""] = rest.split("\n\n")
    const rows = table.match(/^\| `.*?\|/gm) ?? []
    const named = rows.flatMap((row) => row.match(/(?<=`)[a-z]+(?=`)/g) ?? [])
    expect(named.toSorted()).toEqual(Object.keys(catalogue).toSorted())
  })

  test("says every option that a program can open Horolog with", () => {
    const [table = ""] = page("docs/reference/library.md").split("| member")
    const fields = page("src/library/options.ts").matchAll(/^  readonly (\w+)\?:/gm)
    const missing = [...fields]
      .map(([, name = ""]) => name)
      .filter((name) => !table.includes(`| \`${name}\``))
    expect(missing).toEqual([])
  })

  test("says every policy", () => {
    const rows = page("docs/reference/policies.md").match(/^\| `.*$/gm) ?? []
    const missing = Object.keys(PolicyPatch.fields).filter(
      (key) => !rows.some((row) => row.split("|")[1]?.includes(`\`${key}\``)),
    )
    expect(missing).toEqual([])
  })

  test("says which policies are not carried out yet, and no other", () => {
    const asked = {
      catchUp: { mode: "all" },
      overlap: "queue-one",
      timeoutMs: 1000,
      retry: { attemptsMax: 2 },
      onInterrupt: "skip",
      disableAfterFailures: 1,
      mayWriteSchedule: true,
      agent: "shell",
      jitterMs: 1000,
      session: "isolated",
      alert: { after: 1 },
      startAt: 1,
      endAt: 1,
      runsMax: 1,
      toolsAllowed: ["search"],
      budget: { turnsMax: 1 },
      gate: "true",
    } satisfies Required<PolicyPatch>
    const refused = Object.entries(asked)
      .filter(([key, value]) => Result.isFailure(resolvePolicy({ [key]: value })))
      .map(([key]) => key)
    const rows = page("docs/reference/policies.md").match(/^\| `.*not available yet.*$/gm) ?? []
    const said = rows.flatMap((row) => row.split("|")[1]?.match(/\w+/g) ?? [])
    expect(said.toSorted()).toEqual(refused.toSorted())
  })

  test("says every entry of the package", () => {
    const { exports } = JSON.parse(page("package.json")) as { exports: Record<string, unknown> }
    const entries = Object.keys(exports)
      .filter((entry) => entry !== "./package.json")
      .map((entry) => entry.replace(".", "horolog"))
    const rows = page("docs/reference/library.md").match(/(?<=^\| `)horolog[^`]*/gm) ?? []
    expect(rows.toSorted()).toEqual(entries.toSorted())
  })

  test("leads to every page from the README", () => {
    const pages = readdirSync(new URL("../../docs", import.meta.url), { recursive: true })
      .map((name) => `docs/${String(name).replaceAll("\\", "/")}`)
      .filter((name) => name.endsWith(".md"))
    const readme = page("README.md")
    expect(pages.length).toBeGreaterThan(10)
    expect(pages.filter((name) => !readme.includes(`](${name})`))).toEqual([])
  })

  test("the README runs the commands that package.json has", () => {
    const { scripts } = JSON.parse(page("package.json")) as { scripts: Record<string, string> }
    expect(page("README.md")).toContain("npm ci && npm start")
    expect(page("README.md")).toContain("npm cit")
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(["start", "test"]))
  })
})
