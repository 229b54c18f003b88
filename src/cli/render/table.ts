import { displayWidth } from "effect/cli/CliOutput"

/** Rows under their headings, each column as wide as it must be. */
export const table = (
  headings: ReadonlyArray<string>,
  rows: ReadonlyArray<ReadonlyArray<string>>,
): string => {
  const lines = [headings, ...rows].map((row) => row.map(oneLine))
  const widths = headings.map((_, column) =>
    Math.max(...lines.map((line) => displayWidth(line[column] ?? ""))),
  )
  return lines.map((line) => joined(line, widths)).join("\n")
}

/** Names and their values, one under the other. */
export const facts = (rows: ReadonlyArray<readonly [string, string | null]>): string => {
  const there = rows.filter((row): row is readonly [string, string] => row[1] !== null)
  const width = Math.max(...there.map(([name]) => name.length))
  return there
    .map(([name, value]) => `${name.padEnd(width)}  ${indented(value, width + 2)}`)
    .join("\n")
}

/** As much of a text as fits, with a mark when that is not all. */
export const short = (text: string, widthMax: number): string => {
  const line = oneLine(text)
  if (displayWidth(line) <= widthMax) return line
  let kept = ""
  for (const point of line) {
    if (displayWidth(kept + point) > widthMax - 1) break
    kept += point
  }
  return `${kept}…`
}

const joined = (line: ReadonlyArray<string>, widths: ReadonlyArray<number>): string =>
  line
    .map((cell, column) => cell + " ".repeat((widths[column] ?? 0) - displayWidth(cell)))
    .join("  ")
    .trimEnd()

const oneLine = (text: string): string => text.replaceAll(/\s+/g, " ").trim()

const indented = (text: string, by: number): string => text.replaceAll("\n", `\n${" ".repeat(by)}`)
