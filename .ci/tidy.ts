// What no linter looks at: unfinished marks, dead links in the documentation, a README that grows.
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { dirname, extname, join } from "node:path"

const roots = [
  ".ci",
  "bench",
  "docs",
  "events",
  "examples",
  "machines",
  "projections",
  "src",
  "test",
]
const readmeLinesMax = 90
// One letter in brackets, so that this file does not find itself.
const marks = /\b(TO[D]O|FIX[M]E|T[B]D|XX[X])\b/
const link = /\]\((?!https?:|mailto:|#)([^)\s#]+)/g

const textOf = (file: string) => readFileSync(file, "utf8")

const below = (folder: string): ReadonlyArray<string> =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
    : []

const topLevel = readdirSync(".", { withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name !== "package-lock.json")
  .map(({ name }) => name)
const files = [...topLevel, ...roots.flatMap(below)]
const pages = files.filter((file) => extname(file) === ".md")

const unfinished = files.flatMap((file) =>
  textOf(file)
    .split("\n")
    .flatMap((line, index) => (marks.test(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [])),
)

const deadLinks = pages.flatMap((page) =>
  [...textOf(page).matchAll(link)]
    .map(([, target = ""]) => target)
    .filter((target) => !existsSync(join(dirname(page), target)))
    .map((target) => `${page}: there is nothing at ${target}`),
)

const titles = pages
  .filter((page) => textOf(page).match(/^# .+/gm)?.length !== 1)
  .map((page) => `${page}: a page has one title`)

const readmeLines = textOf("README.md").split("\n").length - 1
const tooLong =
  readmeLines > readmeLinesMax
    ? [`README.md: ${readmeLines} lines, and ${readmeLinesMax} is the limit`]
    : []

const faults = [...unfinished, ...deadLinks, ...titles, ...tooLong]
for (const fault of faults) process.stderr.write(`${fault}\n`)
if (faults.length > 0) process.exitCode = 1
